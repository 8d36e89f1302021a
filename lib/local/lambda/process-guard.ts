import { spawn } from 'node:child_process';

/** Keeps a set of process ids, one change for each line of its input, and kills them all when the input ends. */
const script = `
pids=' '
while read -r change pid; do
  case $change in
    add) pids="$pids$pid " ;;
    remove) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
kill -KILL $pids 2>/dev/null`;

/** Kills processes when this one ends, also by a SIGKILL, and also those that are in an endless loop. */
export class ProcessGuard {
  // Detached: Ctrl-C goes to the whole group of the terminal.
  readonly #shell = spawn('sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });

  constructor() {
    // Its input breaks where someone kills the shell; then the processes are as unguarded as before.
    this.#shell.stdin.on('error', () => undefined);
    this.#shell.unref();
  }

  add(pid: number) {
    this.#shell.stdin.write(`add ${pid}\n`);
  }

  /** Its id may soon be that of another process. */
  remove(pid: number) {
    this.#shell.stdin.write(`remove ${pid}\n`);
  }

  close() {
    this.#shell.stdin.end();
  }
}
