// The page as a reader uses it, in a real browser.

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { explore } from '../../src/testing/explore';
import type { Report } from '../../src/testing/report';
import { sweepFaults } from '../../src/testing/sweep-faults';
import { BrowserPage, findChromium } from '../support/browser';
import { skipBecause } from '../support/needs';
import { useSharedDirectory } from '../support/temporary-directory';
import { until } from '../support/until';
import { IN_PLACE, SAFE, WITHOUT_FSYNC, program, saving } from './programs';

const SCREENS = [
  [1400, 900],
  [900, 700],
  [360, 640],
] as const;

describe('The page of a report, in a browser', function () {
  this.timeout(60_000);
  const path = useSharedDirectory();
  let page: BrowserPage;

  before(async function () {
    const command = findChromium();
    if (command === undefined) skipBecause(this, 'needs Chromium; CHROMIUM may name it');
    page = await BrowserPage.open(command);
    await page.show(1400, 900, 'light');
  });

  after(async () => {
    await page?.close();
  });

  async function visit(report: Report, name: string, fragment = ''): Promise<string> {
    const file = path(`${name}.html`);
    report.toHTML(file);
    page.complaints.length = 0;
    page.requests.length = 0;
    await page.visit(`${pathToFileURL(file).href}${fragment}`);
    return file;
  }

  /** The text that can be seen of what a selector finds. */
  function textOf(selector: string): Promise<string[]> {
    const find = `[...document.querySelectorAll(${JSON.stringify(selector)})]`;
    return page.evaluate(`${find}.filter((found) => found.checkVisibility()).map((found) => found.innerText.trim())`);
  }

  async function shownViolation(): Promise<string> {
    const shown = await page.evaluate<string[]>(
      `[...document.querySelectorAll('article')].filter((found) => found.checkVisibility()).map(({ id }) => id)`,
    );
    return shown.join();
  }

  describe('with violations', () => {
    let report: Report;
    let file: string;

    before(async () => {
      report = await explore(saving(WITHOUT_FSYNC));
    });

    beforeEach(async () => {
      file = await visit(report, 'violations');
    });

    afterEach(() => {
      expect(page.complaints).to.deep.equal([]);
      expect(page.requests).to.deep.equal([pathToFileURL(file).href]);
    });

    it('begins with the verdict, and shows the first violation', async () => {
      expect(await textOf('h1')).to.deep.equal(['11 violations of 2 causes']);
      expect(await textOf('.figures div')).to.deep.equal(['crash points\n5', 'crash states\n18', 'search\nexhaustive']);
      await soon(shownViolation, 'violation-1');
    });

    it('shows the operations with the crash points between them, and what was found at each', async () => {
      const rows = await textOf('.timeline > li');
      expect(rows.map((row) => row.replaceAll(/\s+/g, ' '))).to.deep.equal([
        'the disk as it was before',
        '1 state',
        'save.js:2:4',
        "open('/app/config.json.tmp', O_WRONLY|O_CREAT|O_TRUNC, 0o666)",
        '1 state',
        "write('/app/config.json.tmp', 55 bytes)",
        '3 states',
        'save.js:3:4',
        "rename('/app/config.json.tmp', '/app/config.json')",
        '4 states 1 2 3',
        "ack('saved')",
        '9 states 4 5 6 7 8 9 10 11',
      ]);
    });

    it("shows a violation's story, tree and difference after one click", async () => {
      await page.click('#timeline a[href="#violation-7"]');
      await soon(shownViolation, 'violation-7');
      expect(await textOf('article h2')).to.deep.equal(['Violation 7\nthe new configuration is lost']);
      const story = await textOf('article .trace > li');
      expect(story.map((row) => row.replaceAll(/\s+/g, ' '))).to.deep.equal([
        'save.js:2:4',
        "○open('/app/config.json.tmp', O_WRONLY|O_CREAT|O_TRUNC, 0o666)",
        "○write('/app/config.json.tmp', 55 bytes)",
        'save.js:3:4',
        "✕rename('/app/config.json.tmp', '/app/config.json') lost: the renaming of 'config.json.tmp' to 'config.json'",
        "ack('saved')",
        'crash',
      ]);
      expect(await textOf('article .tree .name')).to.deep.equal(['/', 'app/', 'config.json', 'config.json.tmp']);
      expect(await textOf('article .tree .changed pre span')).to.deep.equal([
        '{',
        '-   "theme": "dark",',
        '-   "size": 12,',
        '-   "font": "serif"',
        '+   "theme": "light",',
        '+   "size": 12',
        '}',
      ]);
      expect(await textOf('article .tree .unexpected pre .removed')).to.deep.equal([]);
      expect(await textOf('article .facts .token')).to.deep.equal([report.violations[6]!.token]);
    });

    it('marks the shown violation wherever it is linked to', async () => {
      await page.click('.causes a[href="#violation-8"]');
      await soon(() => textOf('.chip[aria-current]'), ['8', '8']);
    });

    it('opens at the violation that the address names', async () => {
      file = await visit(report, 'named', '#violation-3');
      await soon(shownViolation, 'violation-3');
      await soon(() => textOf('.chip[aria-current]'), ['3', '3']);
    });

    it('can be read with the keyboard alone', async () => {
      await page.press('ArrowRight');
      await page.press('ArrowRight');
      await soon(shownViolation, 'violation-3');
      await page.press('ArrowLeft');
      await soon(shownViolation, 'violation-2');
      for (let presses = 0; presses < 9; presses++) await page.press('ArrowRight');
      await page.press('ArrowRight');
      await soon(shownViolation, 'violation-11');
      await page.evaluate(`document.querySelector('#timeline a[href="#violation-5"]').focus()`);
      await page.press('Enter');
      await soon(shownViolation, 'violation-5');
    });

    it('copies the replay token', async () => {
      await page.allowClipboard();
      await page.click('#violation-1 .copy');
      await soon(() => page.evaluate('navigator.clipboard.readText()'), report.violations[0]!.token);
      await page.press('ArrowRight');
      await page.press('c');
      await soon(() => page.evaluate('navigator.clipboard.readText()'), report.violations[1]!.token);
      await soon(() => textOf('article .copy'), ['Copied']);
    });

    it('selects the token where it may not copy it', async () => {
      await page.evaluate(`navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))`);
      await page.click('#violation-1 .copy');
      await soon(() => page.evaluate('String(getSelection())'), report.violations[0]!.token);
    });

    for (const scheme of ['light', 'dark'] as const) {
      for (const [width, height] of SCREENS) {
        it(`fits ${width} × ${height}, ${scheme}, with enough contrast`, async () => {
          await page.show(width, height, scheme);
          const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
          expect(await page.evaluate(overflow)).to.equal(0);
          expect(await page.evaluate(LOWEST_CONTRAST)).to.be.at.least(4.5);
          expect((await page.screenshot()).length).to.be.greaterThan(5000);
          await page.show(1400, 900, 'light');
        });
      }
    }

    it('prints every violation, with all that can be opened, dark on white', async () => {
      await page.show(800, 900, 'dark');
      const pdf = (await page.print()).toString('latin1');
      expect(pdf.match(/\/Type\s*\/Page\b/g)).to.have.length.at.least(11);
      expect(await page.evaluate(`document.querySelectorAll('details:not([open])').length`)).to.equal(0);
      await page.style('print', 'dark');
      expect(await page.evaluate(`getComputedStyle(document.body).color`)).to.equal('rgb(31, 35, 40)');
      await page.show(1400, 900, 'light');
    });
  });

  it('tells what was explored where there is no violation', async () => {
    await visit(await explore(saving(SAFE)), 'none');
    expect(await textOf('h1')).to.deep.equal(['crash-safe']);
    expect(await textOf('#details')).to.deep.equal([
      'Every check has passed\n\n' +
        'Every disk that a crash can leave was checked: 5 crash points, 7 crash states (exhaustive).',
    ]);
    await page.press('ArrowRight');
    await page.press('c');
    expect(page.complaints).to.deep.equal([]);
  });

  it('shows the states of a recovery beside those of the workload', async () => {
    const recover = program('start.js', `fs.writeFileSync('/app/config.json', fs.readFileSync('/app/config.json'));`);
    await visit(await explore({ ...saving(SAFE), recover, violationsMax: 3 }), 'recovery');
    expect(await textOf('article h4')).to.deep.equal(['then, in the recovery']);
    expect((await textOf('.timeline .point .count')).join()).to.match(/states, \d+ of them in the recovery/);
    expect(page.complaints).to.deep.equal([]);
  });

  it('shows hundreds of violations of a fault sweep', async () => {
    const report = await sweepFaults({
      ...saving(IN_PLACE),
      check() {
        throw new Error('never satisfied');
      },
      violationsMax: 400,
    });
    await visit(report, 'faults');
    const count = report.violations.length;
    expect(count).to.be.greaterThan(60);
    await page.click(`.causes a[href="#violation-${count}"]`);
    await soon(shownViolation, `violation-${count}`);
    expect((await textOf('article .facts dd'))[0]).to.equal(report.violations.at(-1)!.fault!.text);
    expect(page.complaints).to.deep.equal([]);
  });

  it('shows hostile names, contents and messages as the text that they are', async () => {
    const attack = `</script><script>document.title='owned'</script><img src=x onerror="document.title='owned'">'"&amp;`;
    const name = attack.replaceAll('/', '∕');
    const report = await explore({
      setup(fs) {
        fs.mkdirSync(`/${name}`);
        fs.writeFileSync(`/${name}/a\u202eb\u0000c`.replace('\0', '\x07'), attack);
        fs.writeFileSync('/invalid', Buffer.from([0xff, 0xfe, 0x3c, 0x73]));
        fs.writeFileSync('/שלום', 'x');
      },
      workload(fs, { ack }) {
        fs.writeFileSync(`/${name}/written`, attack);
        ack(attack);
      },
      check() {
        throw new Error(`${attack}\nand\n\x1b[31m${attack}`);
      },
      violationsMax: 5,
    });
    const file = await visit(report, 'hostile', '#violation-5');
    expect(await page.evaluate('document.title')).to.equal('5 violations of 2 causes · fs-intact crash report');
    expect(await page.evaluate('document.images.length')).to.equal(0);
    expect(await page.evaluate('document.scripts.length')).to.equal(1);
    expect(await textOf('article h2')).to.deep.equal([`Violation 5\n${attack}`]);
    expect(await textOf('article .name')).to.include(`${name}/`);
    expect(await textOf('article .name')).to.include(String.raw`a\u{202e}b\x07c`);
    expect(await textOf('article .name')).to.include('שלום');
    expect(readFileSync(file, 'utf8')).to.not.match(/(?!\n)\p{Cc}|\u202e/u);
    expect(page.complaints).to.deep.equal([]);
    expect(page.requests).to.have.length(1);
  });
});

/** Waits for a page to do what it was asked: it says that it has got a click before it does what the click is for. */
async function soon<T>(look: () => Promise<T>, expected: T): Promise<void> {
  let seen: T | undefined;
  const isThere = async (): Promise<boolean> => isDeepStrictEqual((seen = await look()), expected);
  await until('the page', isThere, 5000).catch(() => expect(seen).to.deep.equal(expected));
}

/** Of any text that can be seen, with what is behind it: WCAG 2, "relative luminance". */
const LOWEST_CONTRAST = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = parse(color).map((part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (parse(color)[3] !== 0) return color;
    }
  };
  let lowest = Infinity;
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!hasText || !element.checkVisibility()) continue;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    lowest = Math.min(lowest, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  return lowest;
})()`;
