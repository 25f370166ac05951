// Programs for the lab, given as text, so that a report names the same places of them wherever the tests are.

import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import type { NodeFs } from '../../src/ground/node-fs';
import type { CheckContext, ExploreOptions, WorkloadContext } from '../../src/testing/scenario';

/** A program by its name and its text, in which `fs` and `ack` are what the lab gives to a workload. */
export function program(name: string, text: string): (fs: NodeFs, context?: Partial<WorkloadContext>) => void {
  const filename = join(process.cwd(), name);
  const run = compileFunction(text, ['fs', 'ack'], { filename }) as (fs: NodeFs, ack: unknown) => void;
  return (fs, context) => run(fs, context?.ack);
}

export const OLD = '{\n  "theme": "light",\n  "size": 12\n}\n';
export const NEW = '{\n  "theme": "dark",\n  "size": 12,\n  "font": "serif"\n}\n';

/** A program that saves a configuration, and what everybody expects of it: the old one or the new one. */
export function saving(text: string): ExploreOptions {
  return {
    setup(fs) {
      fs.mkdirSync('/app');
      fs.writeFileSync('/app/config.json', OLD);
    },
    workload: program('save.js', text.replaceAll('NEW', JSON.stringify(NEW))),
    check: checkConfig,
  };
}

export function checkConfig(fs: NodeFs, { acked }: CheckContext): void {
  const text = fs.readFileSync('/app/config.json', 'utf8');
  if (text === NEW || (text === OLD && !acked('saved'))) return;
  throw new Error(text === OLD ? 'the new configuration is lost' : 'the configuration is damaged');
}

export const IN_PLACE = `
fs.writeFileSync('/app/config.json', NEW);
ack('saved');`;

export const WITHOUT_FSYNC = `
fs.writeFileSync('/app/config.json.tmp', NEW);
fs.renameSync('/app/config.json.tmp', '/app/config.json');
ack('saved');`;

export const SAFE = `
const fd = fs.openSync('/app/config.json.tmp', 'w');
fs.writeFileSync(fd, NEW);
fs.fsyncSync(fd);
fs.closeSync(fd);
fs.renameSync('/app/config.json.tmp', '/app/config.json');
const directory = fs.openSync('/app', 'r');
fs.fsyncSync(directory);
fs.closeSync(directory);
ack('saved');`;
