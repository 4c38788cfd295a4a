/** Dragging a list's item by its grip: the items that the pointer passes go past it, one by one. */

/** Lets `item` be dragged among its siblings. `moved` is called after each step, `dropped` when the order has changed at the end. */
export function dragToSort(item: HTMLElement, moved: () => void, dropped: () => void): void {
  const grip = item.querySelector<HTMLElement>('.grip');
  if (grip === null) return;
  let changed = false;
  grip.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    changed = false;
    grip.setPointerCapture(event.pointerId);
    item.classList.add('dragged');
  });
  grip.addEventListener('pointermove', (event) => {
    if (!grip.hasPointerCapture(event.pointerId)) return;
    const before = item.previousElementSibling;
    const after = item.nextElementSibling;
    // The dragged item itself stays in the document: one that is taken out would lose the pointer.
    if (before !== null && event.clientY < middle(before)) item.after(before);
    else if (after !== null && event.clientY > middle(after)) item.before(after);
    else return;
    changed = true;
    moved();
  });
  const end = () => {
    item.classList.remove('dragged');
    if (changed) dropped();
    changed = false;
  };
  grip.addEventListener('pointerup', end);
  grip.addEventListener('pointercancel', end);
}

function middle(element: Element): number {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}
