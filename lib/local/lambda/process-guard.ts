import { spawn } from 'node:child_process';

/** Reads changes of a set of process ids, one for each line, and kills these processes at the end of its input. */
const script = `
pids=' '
while read -r change pid; do
  case $change in
    add) pids="$pids$pid " ;;
    remove) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
kill -KILL $pids 2>/dev/null`;

/** Kills child processes when this process ends, even by SIGKILL, and even if they are in an endless loop. */
export class ProcessGuard {
  // Detached, because the terminal sends Ctrl-C to its whole process group.
  readonly #shell = spawn('sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });

  constructor() {
    // Writing fails if the shell was killed. The processes are then without a guard, which is no reason to end.
    this.#shell.stdin.on('error', () => undefined);
    this.#shell.unref();
  }

  add(pid: number) {
    this.#shell.stdin.write(`add ${pid}\n`);
  }

  /** Must be called when the process has ended: the system may reuse its id. */
  remove(pid: number) {
    this.#shell.stdin.write(`remove ${pid}\n`);
  }

  close() {
    this.#shell.stdin.end();
  }
}
