// The page of a report, as a file. What it shows is in report-page.test.ts.

import { expect } from 'chai';
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { explore } from '../../src/testing/explore';
import { pageOf } from '../../src/testing/report-html/page';
import { Report } from '../../src/testing/report';
import { stagedIn, useTemporaryDirectory } from '../support/temporary-directory';
import { SAFE, WITHOUT_FSYNC, saving } from './programs';

describe('report.toHTML(file)', () => {
  const path = useTemporaryDirectory();
  let report: Report;

  before(async () => {
    report = await explore(saving(WITHOUT_FSYNC));
  });

  it('writes the whole page, to a path or a URL', () => {
    report.toHTML(path('page.html'));
    report.toHTML(pathToFileURL(path('same page.html')));
    const page = readFileSync(path('page.html'), 'utf8');
    expect(page).to.match(/^<!doctype html>\n[^]*<\/html>\n$/);
    expect(readFileSync(path('same page.html'), 'utf8')).to.equal(page);
  });

  it('replaces an older page as a whole, with its mode, and leaves nothing beside it', () => {
    writeFileSync(path('page.html'), 'old');
    chmodSync(path('page.html'), 0o640);
    const { ino } = statSync(path('page.html'));
    report.toHTML(path('page.html'));
    const { ino: replaced, mode } = statSync(path('page.html'));
    expect(replaced).to.not.equal(ino);
    expect(mode & 0o777).to.equal(0o640);
    expect(readdirSync(path())).to.deep.equal(['page.html']);
  });

  it('writes where a symbolic link leads', () => {
    mkdirSync(path('reports'));
    symlinkSync('reports/1.html', path('latest.html'));
    report.toHTML(path('latest.html'));
    expect(readFileSync(path('reports/1.html'), 'utf8')).to.include('</html>');
  });

  it('throws as fs.writeFileSync does where it cannot write', () => {
    expect(() => report.toHTML(path('no such directory/page.html'))).to.throw(
      `ENOENT: no such file or directory, open '${path('no such directory/page.html')}'`,
    );
    expect(() => report.toHTML(path())).to.throw(`EISDIR: illegal operation on a directory, open '${path()}'`);
    expect(stagedIn(path())).to.deep.equal([]);
  });
});

describe('The page of a report', () => {
  it('is the same for the same report', async () => {
    expect(pageOf(await explore(saving(WITHOUT_FSYNC)))).to.equal(pageOf(await explore(saving(WITHOUT_FSYNC))));
  });

  it('refers to nothing outside itself', async () => {
    const page = pageOf(await explore(saving(WITHOUT_FSYNC)));
    const references = [...page.matchAll(/\b(?:href|src|srcset|action|data|poster)="([^"]*)"/g)].map(([, to]) => to!);
    expect(references.filter((to) => !to.startsWith('#'))).to.deep.equal([]);
    expect(page).to.not.match(/url\(|@import|https?:|<link|<iframe|\bon[a-z]+="/);
  });

  it('stays small with thousands of violations, and says where it leaves one out', async () => {
    const report = await explore(saving(WITHOUT_FSYNC));
    const violations = Array.from({ length: 5000 }, (_, index) => report.violations[index % 11]!);
    const page = pageOf(Object.assign(new Report(report), { violations }));
    expect(page.length).to.be.lessThan(8_000_000);
    expect(page.match(/<article /g)).to.have.length(5000);
    expect(page.match(/<p class="hint">Left out/g)!.length).to.be.within(1000, 4500);
  });

  it('stays small with a long trace, and keeps the operations around each violation', async () => {
    const report = await explore(saving(WITHOUT_FSYNC));
    const events = Array.from({ length: 10_000 }, (_, index) => {
      return { kind: 'operation', index, call: 'write', text: `write number ${index}`, effects: [] } as const;
    });
    const points = Array.from({ length: 10_001 }, (_, point) => ({ point, states: 2, statesOfRecovery: 0 }));
    const violations = report.violations.map((violation, index) => ({ ...violation, point: 9000 + index }));
    const page = pageOf(Object.assign(new Report(report), { trace: { ...report.trace, events }, points, violations }));
    expect(page.length).to.be.lessThan(500_000);
    for (const shown of [0, 8995, 9000, 9013]) expect(page).to.include(`<code>write number ${shown}</code>`);
    expect(page).to.match(/<li class="gap">… 8,\d\d\d operations with 16,\d\d\d states<\/li>/);
  });

  it('warns where the workload has changed nothing', async () => {
    const page = pageOf(await explore({ workload() {}, check() {} }));
    expect(page).to.include('<h2>Nothing was written</h2>');
  });

  it('does not claim to have seen all where it has not', async () => {
    const page = pageOf(await explore({ ...saving(SAFE), statesPerPoint: 1, samples: 0 }));
    expect(page).to.include('A part of the disks that a crash can leave was checked');
    expect(page).to.include('<dd>not exhaustive, seed 1</dd>');
  });
});
