/** Dragging a list's item by its handle: the items that the pointer passes go past it, one by one. */

/** Lets `item` be dragged among its siblings. `moved` is called after each step, `dropped` when the order has changed at the end. */
export function dragToSort(item: HTMLElement, moved: () => void, dropped: () => void): void {
  const handle = item.querySelector<HTMLElement>('.handle');
  if (handle === null) return;
  let changed = false;
  handle.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    changed = false;
    handle.setPointerCapture(event.pointerId);
    item.classList.add('moving');
  });
  handle.addEventListener('pointermove', (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
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
    item.classList.remove('moving');
    if (changed) dropped();
    changed = false;
  };
  handle.addEventListener('pointerup', end);
  handle.addEventListener('pointercancel', end);
}

function middle(element: Element): number {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}
