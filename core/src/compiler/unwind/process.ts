/** What a program knows of the running process, and how it asks the session for more. */
import { kernelField, now, runningTask, runningTgid } from '../builtins.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { imm, type V } from '../ir/ir.js';
import { currentRing } from '../record.js';
import { MAP } from '../unit.js';
import { PROCESS, UNWIND_MAP, UNWIND_REQUEST } from './layout.js';

const FORCE_WAKEUP = 2;
const NO_EXIST = 1;
const REQUEST_SIZE = 16;

/** The stretches of the running process. */
export class KnownProcess {
  readonly first: Cell;
  readonly count: Cell;
  /** 1: its mappings are to be read (again). */
  private readonly wanting: Cell;

  constructor(private readonly code: Code) {
    this.first = new Cell(code);
    this.count = new Cell(code);
    this.wanting = new Cell(code, imm(0));
    code.unit.needZeros(PROCESS.size);
  }

  /** To `nobody` on a kernel thread. A process that nothing valid is known of has no stretches. */
  find(nobody: string): void {
    const { code, wanting } = this;
    const { b } = code;
    const found = b.newLabel('process');
    this.first.set(imm(0));
    this.count.set(imm(0));
    const mm = kernelField(code, 'task_struct', 'mm', 8, runningTask(code));
    b.branch('==', mm, imm(0), nobody);
    const word = (member: string) => kernelField(code, 'mm_struct', member, 8, mm);
    const [identity, pages] = [b.alu('add', word('start_code'), word('start_stack')), word('exec_vm')];
    const entry = this.lookUp();
    const [known, same, current] = [b.newLabel('known'), b.newLabel('same'), b.newLabel('current')];
    b.branch('!=', entry, imm(0), known);
    this.add();
    wanting.set(imm(1));
    b.jump(found);
    b.label(known);
    b.branch('==', b.load(8, entry, PROCESS.identity), identity, same);
    wanting.set(imm(1));
    b.jump(found);
    b.label(same);
    // Code was mapped or unmapped since. What is known may still do; addresses outside of it end the walk.
    b.branch('==', b.load(4, entry, PROCESS.codePages), pages, current);
    wanting.set(imm(1));
    b.label(current);
    this.first.set(b.load(4, entry, PROCESS.first));
    this.count.set(b.load(4, entry, PROCESS.count));
    b.label(found);
  }

  /** Something is mapped that is not known. */
  isStale(): void {
    this.wanting.set(imm(1));
  }

  /** Wakes the session with a request, unless one is under way. */
  ask(): void {
    const { code } = this;
    const { b } = code;
    const [end, sent] = [b.newLabel('asked'), b.newLabel('sent')];
    b.branch('==', this.wanting.get(), imm(0), end);
    code.region(() => {
      const entry = this.lookUp();
      b.branch('==', entry, imm(0), end);
      b.branch('!=', b.load(4, entry, PROCESS.asked), imm(0), end);
      b.store(4, entry, PROCESS.asked, imm(1));
      const record = b.buffer(REQUEST_SIZE);
      b.store(8, record, 0, b.alu('or', b.alu('lsh', runningTgid(code), imm(32)), imm(UNWIND_REQUEST)));
      b.store(8, record, 8, now(code));
      const status = b.helper(
        'bpf_ringbuf_output',
        currentRing(code),
        record,
        imm(REQUEST_SIZE),
        imm(FORCE_WAKEUP),
      );
      b.releaseBuffer(record);
      b.branch('==', status, imm(0), sent);
      b.store(4, entry, PROCESS.asked, imm(0));
      b.label(sent);
    });
    b.label(end);
    code.usesRings = true;
  }

  private key(): ReturnType<Code['b']['buffer']> {
    const { b } = this.code;
    const key = b.buffer(8);
    b.store(8, key, 0, runningTgid(this.code));
    return key;
  }

  private lookUp(): V {
    const { b } = this.code;
    const key = this.key();
    const entry = b.move(b.helper('bpf_map_lookup_elem', { map: UNWIND_MAP.processes }, key));
    b.releaseBuffer(key);
    return entry;
  }

  /** An entry that says nothing yet, so that not every event asks. */
  private add(): void {
    const { b } = this.code;
    const key = this.key();
    const processes = { map: UNWIND_MAP.processes };
    b.helper('bpf_map_update_elem', processes, key, { map: MAP.zeros, value: 0 }, imm(NO_EXIST));
    b.releaseBuffer(key);
  }
}
