/** The ballot page's course: who is here, the code, the marks, the acceptance; each step leads to the next. */
import type { Api } from '../core/api.ts';
import type { Mark } from '../core/choice.ts';
import type { IdentifyingCode } from '../core/codes.ts';
import { faultOf } from '../core/fault.ts';
import type { Copy, Registered } from '../core/registering.ts';
import { Resident, type Standing } from '../core/resident.ts';
import type { AcceptedBallot } from '../core/store/record.ts';
import { type Store, memoryStore } from '../core/store/store.ts';
import { takeCards } from './cards.ts';
import { type CastingParts, send, sendMarks } from './casting.ts';
import { type TypedCode, codeForm } from './code_form.ts';
import { type Child, actions, announce, button, el, link, notice, p } from './dom.ts';
import { askToErase } from './erasing.ts';
import { faultNotice } from './faults.ts';
import { marksForm } from './marks_form.ts';
import { moment } from './moments.ts';
import { notCounted } from './not_counted.ts';
import { type Page, show } from './page.ts';
import { receiptView } from './receipt_view.ts';
import { say } from './texts.ts';

/** One visit to the ballot page. */
export class Voting {
  /** Stops what the step before left running. */
  private stop: () => void = () => undefined;
  /** Those who share the device, by their codes: what they asked for, and had no answer to, is nowhere else. */
  private readonly guests = new Map<IdentifyingCode, Resident>();
  /** Whether something is marked and not cast: leaving would lose it. */
  private isMarked: () => boolean = () => false;

  constructor(
    private readonly page: Page,
    private readonly api: Api,
    private readonly store: Promise<Store>,
    /** What the letter's QR code brought; empty without one. */
    private readonly prefill: string,
    private readonly wasErased: boolean,
  ) {
    addEventListener('beforeunload', (event) => {
      const state = this.page.root.dataset['state'] ?? '';
      const isAsking = state === 'code' && this.guests.size > 0;
      if (isAsking || (this.isMarked() && !['closed', 'erased'].includes(state))) event.preventDefault();
    });
  }

  /** Finds out where the round and this device are. */
  async start(): Promise<void> {
    try {
      const resident = await Resident.enter(this.api, this.store, this.page.slug);
      const standing = await resident.standing();
      if (standing.pending) this.unanswered(resident, standing);
      else if (standing.credential || standing.requested) this.greet(resident, standing);
      else this.newcomer(resident);
    } catch (thrown) {
      this.show('failed', say('client-start-failed'), faultNotice(this.page, faultOf(thrown), undefined, button(say('client-try-again'), () => void this.start(), { id: 'try-again' })));
    }
  }

  private show(state: string, heading: string, ...content: readonly Child[]): void {
    this.stop();
    this.stop = () => undefined;
    this.isMarked = () => false;
    show(this.page, state, heading, ...content);
  }

  /** Before anything else: a ballot that was sent and has no answer. */
  private unanswered(resident: Resident, standing: Standing): void {
    const status = el('div', { id: 'status' });
    const host = el('div');
    const isAgain = standing.accepted.length > 0;
    const parts = this.parts(resident, status, () => undefined, isAgain);
    const again = () => void send(parts, () => resident.retry());
    status.append(
      notCounted(isAgain, p(say('client-pending')), p(say('client-pending-safe')),
        actions(button(say('client-retry'), again, { id: 'retry' }),
          resident.phase === 'open' && button(say('client-pending-anew'), () => this.greet(resident, standing), { id: 'anew', class: 'quiet' }))));
    this.show('pending', say('client-pending-heading'), status, this.otherPerson(resident, host), host);
  }

  private greet(resident: Resident, standing: Standing): void {
    const host = el('div');
    const isOver = !['published', 'open', 'paused'].includes(resident.phase);
    const go = () => (isOver ? this.over(resident) : standing.credential ? void this.proceed(resident, []) : this.code(resident));
    this.show('greeting', say('client-greeting'),
      p(standing.credential ? say('client-greeting-credential') : say('client-greeting-requested')),
      actions(button(say('client-continue'), go, { id: 'continue' })),
      standing.unsaved && !isOver && el('div', {}, p(say('client-greeting-unsaved')), actions(button(say('client-leave-copy'), () => this.code(resident), { id: 'leave-copy', class: 'quiet' }))),
      this.otherPerson(resident, host), host);
  }

  private otherPerson(resident: Resident, host: HTMLElement): HTMLElement {
    // A code that came by a link would be lost with the page.
    const goOn = this.prefill === '' ? undefined : () => this.newcomer(resident, true);
    const act = () => void askToErase(this.page, resident, host, goOn);
    return actions(button(say('client-somebody-else'), act, { id: 'somebody-else', class: 'quiet' }));
  }

  private newcomer(resident: Resident, isErased = this.wasErased): void {
    if (['published', 'open', 'paused'].includes(resident.phase)) this.code(resident, isErased);
    else this.over(resident);
  }

  private code(resident: Resident, isErased = false): void {
    const { page } = this;
    const { store } = resident;
    const host = el('div');
    const form = codeForm({
      page,
      place: resident.place,
      prefill: this.prefill,
      mayShare: store.kind === 'device',
      submit: async (code) => this.register(await this.whose(resident, code), code),
      somebodyElse: () => void askToErase(page, resident, host, () => this.newcomer(resident, true)),
    });
    this.show('code', say('client-code-heading'),
      isErased && notice('info', say('client-erased'), p(say('client-erased-text'))),
      this.phaseNote(resident),
      p(say('client-code-lead')),
      store.kind === 'memory' && notice('info', '', p(say('client-memory-only'))),
      form, host);
  }

  /** Where others use the device too, whoever types this code has a place in this page's memory; what waits on the device moves there. */
  private async whose(resident: Resident, { identifying, shared }: TypedCode): Promise<Resident> {
    const known = this.guests.get(identifying);
    if (known !== undefined && (shared || (await known.standing()).requested)) return known;
    if (!shared) return resident;
    const store = memoryStore();
    await resident.handOver(identifying, store);
    const guest = await Resident.enter(this.api, store, this.page.slug);
    this.guests.set(identifying, guest);
    return guest;
  }

  private async register(resident: Resident, { identifying, secret }: TypedCode): Promise<void> {
    const session = await resident.identify(identifying);
    // The copy for other devices is left while the resident chooses.
    const registered = await resident.register(session, identifying, secret, 'later');
    const copied = registered.backup === 'later' && secret !== undefined ? resident.leaveCopy(session, secret) : undefined;
    await this.proceed(resident, notes(registered, copied));
  }

  /** With a credential: what can be done now. */
  private async proceed(resident: Resident, notes: readonly Child[]): Promise<void> {
    const { accepted } = await resident.standing();
    const last = accepted[accepted.length - 1];
    if (resident.phase !== 'open') this.wait(resident, notes);
    else if (last !== undefined) this.accepted(resident, last, notes);
    else await this.mark(resident, notes);
  }

  private wait(resident: Resident, notes: readonly Child[]): void {
    this.show('wait', say('client-ready'), ...notes, this.phaseNote(resident),
      actions(button(say('client-look-again'), () => location.reload(), { id: 'look-again' }), this.finish(resident)));
  }

  private async mark(resident: Resident, notes: readonly Child[]): Promise<void> {
    const { place } = resident;
    const cards = takeCards(this.page, place.rules.territories);
    const order = (await resident.order()) ?? cards.map(({ position }) => position);
    const shuffled = order.flatMap((position) => cards[position] ?? []);
    const cast = (marks: readonly Mark[]) => void sendMarks(parts, marks);
    const isAgain = (await resident.standing()).accepted.length > 0;
    const form = marksForm(place, shuffled, isAgain, cast);
    const parts = this.parts(resident, form.status, form.freeze, isAgain);
    // The rules of marking and of counting came with the page, in the part that the script has hidden.
    const rules = document.getElementById('marking')?.textContent?.trim();
    const counting = document.querySelector('#places [data-counting]')?.cloneNode(true);
    this.show('marks', say('client-marks-heading'), ...notes, rules && p(rules, { id: 'marking-rules' }), counting, p(say('client-marks-order')), form.element);
    this.isMarked = () => form.marks().length > 0;
  }

  private parts(resident: Resident, status: HTMLElement, freeze: (isFrozen: boolean) => void, isAgain: boolean): CastingParts {
    const closesAt = () => this.api.round(this.page.slug).then(({ closesAt: at }) => at, () => undefined);
    return { page: this.page, resident, status, freeze, isAgain, closesAt, accepted: (ballot) => this.accepted(resident, ballot, []) };
  }

  private accepted(resident: Resident, ballot: AcceptedBallot, notes: readonly Child[]): void {
    const view = receiptView(this.page, resident, ballot);
    const host = el('div');
    const closes = moment(resident.closesAt, resident.place.rules.timeZone);
    this.show('accepted', say('client-accepted'), ...notes,
      notice('accepted', say('client-accepted-title'), p(say('client-accepted-text'))),
      view.element,
      p(say('client-keep-receipt')),
      actions(resident.phase === 'open' && button(say('client-cast-again'), () => void this.mark(resident, [p(say('client-cast-again-note', { moment: closes }))]), { id: 'cast-again', class: 'quiet' }),
        resident.store.kind === 'device' && link(say('client-receipts-link'), `${this.page.round}/receipt`),
        this.finish(resident, host)),
      resident.store.kind === 'memory' && notice('info', say('client-memory-title'), p(say('client-memory-accepted'))),
      host);
    this.stop = view.stop;
    announce(say('client-accepted-title'));
  }

  /** "Finish and erase from this device". */
  private finish(resident: Resident, host?: HTMLElement): HTMLElement {
    const place = host ?? el('div');
    const act = () => void askToErase(this.page, resident, place);
    const made = button(say('client-finish'), act, { id: 'finish', class: 'quiet' });
    return host === undefined ? el('div', {}, made, place) : made;
  }

  private over(resident: Resident): void {
    this.show('over', say(resident.phase === 'annulled' ? 'client-annulled' : 'client-over'), this.phaseNote(resident),
      el('ul', {}, ...[['receipt', 'client-receipts-link'], ['check', 'client-check-link'], ['results', 'client-results-link']].map(([name, id]) =>
        el('li', {}, link(say(id as 'client-check-link'), `${this.page.round}/${name}`)))));
  }

  /** What the state of the round means for somebody who wants to vote. */
  private phaseNote({ phase, place, closesAt }: Resident): HTMLElement | undefined {
    const { timeZone, opensAt } = place.rules;
    switch (phase) {
      case 'open':
        return undefined;
      case 'published':
        return notice('info', say('client-phase-published', { moment: moment(opensAt, timeZone) }), p(say('client-phase-published-text')));
      case 'paused':
        return notice('info', say('client-phase-paused'), p(say('client-phase-paused-text')));
      case 'annulled':
        return notice('info', say('client-phase-annulled'), p(say('client-phase-annulled-text')));
      default:
        return notice('info', say('client-phase-closed', { moment: moment(closesAt, timeZone) }), p(say('client-phase-closed-text')));
    }
  }
}

/** How the credential came, and whether the letter works on another device. */
function notes({ source, backup }: Registered, copied?: Promise<Copy>): readonly Child[] {
  const words = p(say(`client-backup-${backup}`), { role: 'status' });
  const tell = (backup: Copy['backup']) => (words.textContent = say(`client-backup-${backup}`));
  copied?.then((copy) => tell(copy.backup), () => tell('failed'));
  return [notice('info', say(`client-source-${source}`), words)];
}
