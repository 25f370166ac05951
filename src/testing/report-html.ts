// A report as one page for a browser.

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFs } from '../ground/node-fs';
import { hasPermissionModel } from '../ground/platform';
import type { WriteRequest } from '../protocol/begin-stage';
import { writeContent } from '../protocol/content';
import { type Completion, replaceFile } from '../protocol/replace-file';
import { volumeOn } from '../protocol/volume';
import { REPLACE } from '../settings/flags';
import { completeSettings } from '../settings/settings';
import { treatmentOf } from '../settings/treatment';
import { runSync } from '../steps/run';
import type { Findings } from './report';
import { pageOf } from './report-html/page';

/**
 * Writes the page by this package's own protocol: whoever looks finds the old page or the new one.
 *
 * @throws As `fs.writeFileSync` does.
 */
export function writeHtml(report: Findings, file: string | URL): void {
  const page = pageOf(report);
  const path = typeof file === 'string' ? file : fileURLToPath(file);
  const volume = volumeOn(nodeFs);
  const isReplaced = !hasPermissionModel && runSync(replaceFile(volume, requestFor(path, page)), volume.host);
  if (!isReplaced) nodeFs.writeFileSync(path, page);
}

function requestFor(path: string, page: string): WriteRequest & Completion {
  const settings = completeSettings([]);
  const absolute = resolve(path);
  return {
    path: { asked: path, absolute },
    call: 'whole',
    flags: REPLACE,
    mode: 0o666,
    settings,
    treatment: treatmentOf(settings, absolute, 'whole'),
    flush: false,
    interruptible: false,
    inherit: 'mode-and-owner',
    fill: (_stage, fd) => writeContent(fd, page, 'utf8', () => {}),
  };
}
