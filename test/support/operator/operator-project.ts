import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A stand-in for CDK's command line that writes down its arguments; for `synth` it writes the template of `next.json`. */
const CDK = `#!/usr/bin/env node
import { appendFileSync, cpSync, mkdirSync } from 'node:fs';
const args = process.argv.slice(2);
appendFileSync('cdk-calls', JSON.stringify(args) + '\\n');
const out = args[args.indexOf('--output') + 1];
if (args[0] === 'synth') {
  mkdirSync(out, { recursive: true });
  cpSync('next.json', out + '/Negatoscope-prod-Data.template.json');
}
`;

/** A copy of the project as an operator has it, in which CDK's command line is a stand-in. */
export class OperatorProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'operator-'));
  readonly #environment: Record<string, string>;

  /** @param environment that of a stand-in for AWS */
  constructor(environment: Record<string, string>) {
    this.#environment = environment;
    for (const name of ['bin', 'lib', 'functions', 'package.json'])
      cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
    const packages = join(this.folder, 'node_modules');
    linkEntries(join(ROOT, 'node_modules'), packages, '.bin');
    linkEntries(join(ROOT, 'node_modules', '.bin'), join(packages, '.bin'), 'cdk');
    writeFileSync(join(packages, '.bin', 'cdk'), CDK);
    chmodSync(join(packages, '.bin', 'cdk'), 0o755);
    this.next = {};
  }

  /** The template of the data stack that the next synthesis writes. */
  set next(template: object) {
    writeFileSync(join(this.folder, 'next.json'), JSON.stringify(template));
  }

  /** The arguments of all calls of `cdk`. */
  get cdkCalls(): string[][] {
    const file = join(this.folder, 'cdk-calls');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    return lines.map((line) => JSON.parse(line));
  }

  /** Runs a command line of the documents in a shell. */
  async run(command: string, more: Record<string, string> = {}) {
    const env = { PATH: process.env.PATH, HOME: this.folder, ...this.#environment, ...more };
    return promisify(execFile)('sh', ['-c', command], { cwd: this.folder, env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code: Number(code), stdout: String(stdout), stderr: String(stderr) }),
    );
  }

  delete(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function linkEntries(from: string, to: string, except: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) if (name !== except) symlinkSync(join(from, name), join(to, name));
}
