// Whole reports, as a terminal shows them.

import { expect } from 'chai';
import { inspect, stripVTControlCharacters } from 'node:util';
import { explore } from '../../src/testing/explore';
import type { Report } from '../../src/testing/report';
import type { ExploreOptions } from '../../src/testing/scenario';
import { sweepFaults } from '../../src/testing/sweep-faults';
import { IN_PLACE, SAFE, WITHOUT_FSYNC, program, saving } from './programs';

describe('String(report)', () => {
  it('is one line where there is no violation', async () => {
    const report = await explore(saving(SAFE));
    expectText(report, `crash-safe: power loss, model 'posix'; 5 crash points, 7 crash states (exhaustive)`);
  });

  it('says that there was nothing to lose where the workload has changed nothing', async () => {
    const report = await explore({ workload() {}, check() {} });
    expectText(
      report,
      `crash-safe: power loss, model 'posix'; 1 crash point, 1 crash state (exhaustive); the workload has changed nothing`,
    );
  });

  it('shows the first violation of each cause in full, and the others in a line', async () => {
    // fs.writeFileSync('/app/config.json.tmp', NEW);
    // fs.renameSync('/app/config.json.tmp', '/app/config.json');
    // ack('saved');
    const report = await explore(saving(WITHOUT_FSYNC));
    expectText(
      report,
      `
11 violations of 2 causes: power loss, model 'posix'; 5 crash points, 18 crash states (exhaustive)

violation 1: the configuration is damaged
  at save.js:2:4
  acknowledged: nothing

  F forced to the device   ~ there by chance   / partly lost   x lost
    save.js:2:4
  ~ open('/app/config.json.tmp', O_WRONLY|O_CREAT|O_TRUNC, 0o666)
  / write('/app/config.json.tmp', 55 bytes)
      lost: the first 55 bytes
    save.js:3:4
  ~ rename('/app/config.json.tmp', '/app/config.json')
  --- crash ---
    ack('saved')

  the disk at the crash (- had nothing been lost, + as it is)
    /app/config.json: other content in 55 bytes
      - {
      -   "theme": "dark",
      -   "size": 12,
      -   "font": "serif"
      - … 3 more bytes
      + 55 zeros

  replay: crash:posix:power:4iqwvz:3-1

violation 7: the new configuration is lost
  at save.js:3:4
  acknowledged: saved

  F forced to the device   ~ there by chance   / partly lost   x lost
    save.js:2:4
  ~ open('/app/config.json.tmp', O_WRONLY|O_CREAT|O_TRUNC, 0o666)
  ~ write('/app/config.json.tmp', 55 bytes)
    save.js:3:4
  x rename('/app/config.json.tmp', '/app/config.json')
      lost: the renaming of 'config.json.tmp' to 'config.json'
    ack('saved')
  --- crash ---

  the disk at the crash (- had nothing been lost, + as it is)
    /app/config.json: 37 instead of 55 bytes, from byte 14 on
        {
      -   "theme": "dark",
      -   "size": 12,
      -   "font": "serif"
      +   "theme": "light",
      +   "size": 12
        }
    /app/config.json.tmp: unexpected: a file of 55 bytes
      + {
      +   "theme": "dark",
      +   "size": 12,
      +   "font": "serif"
      + }

  replay: crash:posix:power:4iqwvz:4-3

the other violations, each with its token for replay
    2  the configuration is damaged; loses write                   crash:posix:power:4iqwvz:3-1-g
    3  the configuration is damaged; loses write                   crash:posix:power:4iqwvz:3-2
    4  the configuration is damaged; loses write                   crash:posix:power:4iqwvz:4-1
    5  the configuration is damaged; loses write                   crash:posix:power:4iqwvz:4-1-g
    6  the configuration is damaged; loses write                   crash:posix:power:4iqwvz:4-2
    8  the new configuration is lost; loses write, rename          crash:posix:power:4iqwvz:4-1.3
    9  the new configuration is lost; loses write, rename          crash:posix:power:4iqwvz:4-1.3-g
   10  the new configuration is lost; loses write, rename          crash:posix:power:4iqwvz:4-2~2
   11  the new configuration is lost; loses open, rename           crash:posix:power:4iqwvz:4-0.3`,
    );
  });

  it('shows a crash between two operations, with nothing lost', async () => {
    // fs.writeFileSync('/app/config.json', NEW);
    // ack('saved');
    const report = await explore({ ...saving(IN_PLACE), violationsMax: 1 });
    expectText(
      report,
      `
1 violation: power loss, model 'posix'; 4 crash points, 2 crash states (not exhaustive, seed 1)

violation 1: the configuration is damaged
  at save.js:2:4
  acknowledged: nothing

  F forced to the device   ~ there by chance   / partly lost   x lost
    save.js:2:4
  ~ open('/app/config.json', O_WRONLY|O_CREAT|O_TRUNC, 0o666)
  --- crash ---
    write('/app/config.json', 55 bytes)
    ack('saved')

  the disk at the crash, with nothing lost
    /app/config.json: an empty file

  replay: crash:posix:power:1wwgbjf:1-`,
    );
  });

  it('tells both crashes where the recovery crashed too', async () => {
    const report = await explore({
      ...saving(SAFE),
      recover: program(
        'start.js',
        `
const config = fs.readFileSync('/app/config.json', 'utf8');
fs.writeFileSync('/app/config.json', config);`,
      ),
      violationsMax: 1,
    });
    expectText(
      report,
      `
1 violation: power loss, model 'posix'; 8 crash points, 2 crash states (not exhaustive, seed 1)

violation 1: the configuration is damaged
  at start.js:3:4
  acknowledged: nothing

  F forced to the device   ~ there by chance   / partly lost   x lost
  --- crash ---
    save.js:2:15
    open('/app/config.json.tmp', O_WRONLY|O_CREAT|O_TRUNC, 0o666)
    save.js:3:4
    write('/app/config.json.tmp', 55 bytes)
    save.js:4:4
    fsync('/app/config.json.tmp')
    … 3 left out, all not reached

  then, in the recovery
    start.js:3:4
  ~ open('/app/config.json', O_WRONLY|O_CREAT|O_TRUNC, 0o666)
  --- crash ---
    write('/app/config.json', 37 bytes)

  the disk at the crash, with nothing lost
    /app/config.json: an empty file

  replay: crash:posix:power:1l78wa3:0-:1-`,
    );
  });

  it('shows every kind of difference that a disk can have', async () => {
    const report = await explore({
      setup(fs) {
        fs.writeFileSync('/secret', 'key');
        fs.writeFileSync('/old', 'old');
        fs.writeFileSync('/kept', 'kept');
        fs.writeFileSync('/one', '1');
        fs.symlinkSync('one', '/current');
        fs.mkdirSync('/empty');
        fs.writeFileSync('/data.bin', Buffer.alloc(5000, 1));
      },
      workload: program(
        'deploy.js',
        `
fs.chmodSync('/secret', 0o600);
fs.symlinkSync('two', '/next');
fs.renameSync('/next', '/current');
fs.linkSync('/kept', '/kept too');
fs.unlinkSync('/old');
fs.mkdirSync('/new');
fs.writeFileSync('/data.bin', Buffer.alloc(5000, 2));
ack('deployed');`,
      ),
      check(fs, { acked }) {
        const isBefore = fs.existsSync('/old') && !fs.existsSync('/new') && fs.readlinkSync('/current') === 'one';
        const isUnchanged = fs.statSync('/secret').mode === 0o100644 && fs.statSync('/kept').nlink === 1;
        if (acked('deployed') && isBefore && isUnchanged && fs.readFileSync('/data.bin')[4500] === 0)
          throw new Error('not deployed');
      },
      grain: 4096,
      violationsMax: 1,
    });
    expectText(
      report,
      `
1 violation: power loss, model 'posix'; 10 crash points, 766 crash states (not exhaustive, seed 1)

violation 1: not deployed
  at deploy.js:2:4
  acknowledged: deployed

  F forced to the device   ~ there by chance   / partly lost   x lost
    deploy.js:2:4
  x chmod('/secret', 0o600)
      lost: its mode, owner and times
    deploy.js:3:4
  ~ symlink('two', '/next')
    deploy.js:4:4
  x rename('/next', '/current')
      lost: the renaming of 'next' to 'current'
    deploy.js:5:4
  x link('/kept', '/kept too')
      lost: the name 'kept too'
    deploy.js:6:4
  x unlink('/old')
      lost: the removal of the name 'old'
    deploy.js:7:4
  x mkdir('/new', 0o777)
      lost: the name 'new'
    deploy.js:8:4
  ~ open('/data.bin', O_WRONLY|O_CREAT|O_TRUNC, 0o666)
  / write('/data.bin', 5000 bytes)
      lost: 904 bytes from byte 4,096 on
    ack('deployed')
  --- crash ---

  the disk at the crash (- had nothing been lost, + as it is)
    /current: leads to one instead of two
    /data.bin: other content in 5,000 bytes, from byte 4,096 on
      - 904 × 02
      + 904 zeros
    /kept too: missing: a file of 4 bytes, the same as /kept
      - kept
    /new: missing: a directory
    /next: unexpected: a symbolic link to two
    /old: unexpected: a file of 3 bytes
      + old
    /secret: mode 0o644 instead of 0o600
    /empty: a directory
    /kept: a file of 4 bytes: kept
    /one: a file of 1 byte: 1

  replay: crash:posix:power:1nzgtgm:9-0.2~4.8`,
    );
  });

  it('takes together what a loop has done', async () => {
    expectText(
      await explore(journal("'entry ' + entry + '\\n'")),
      `
1 violation: power loss, model 'posix'; 106 crash points, 235 crash states (not exhaustive, seed 1)

violation 1: entry 60 is lost
  at journal.js:4:6
  acknowledged: entry 0, entry 20, entry 40, entry 60

  F forced to the device   ~ there by chance   / partly lost   x lost
    journal.js:4:6
  F write('/journal', 8 bytes)
    ack('entry 0')
  F write('/journal', 8 bytes), 9 times
  F write('/journal', 9 bytes), 11 times
    ack('entry 20')
  F write('/journal', 9 bytes), 20 times
    journal.js:5:24
    fsync('/journal')
    ack('entry 40')
    journal.js:4:6
  ~ write('/journal', 9 bytes), 19 times
  / write('/journal', 9 bytes)
      lost: 9 bytes from byte 530 on
    ack('entry 60')
  --- crash ---
    write('/journal', 9 bytes), 20 times
    ack('entry 80')
    write('/journal', 9 bytes), 19 times

  the disk at the crash (- had nothing been lost, + as it is)
    /journal: other content in 539 bytes, from byte 530 on
      - entry 60
      + 9 zeros

  replay: crash:posix:power:11gn9o6:1u-3c`,
    );
  });

  it('shortens a long trace to its beginning, the promises, the losses, and the end', async () => {
    expectText(
      await explore(journal("'entry ' + entry + '.'.repeat(entry) + '\\n'")),
      `
1 violation: power loss, model 'posix'; 106 crash points, 251 crash states (not exhaustive, seed 1)

violation 1: entry 60 is lost
  at journal.js:4:6
  acknowledged: entry 0, entry 20, entry 40, entry 60

  F forced to the device   ~ there by chance   / partly lost   x lost
    journal.js:4:6
  F write('/journal', 8 bytes)
    ack('entry 0')
    … 20 left out, all forced
    ack('entry 20')
    … 19 left out, all forced
  F write('/journal', 49 bytes)
    journal.js:5:24
    fsync('/journal')
    ack('entry 40')
    journal.js:4:6
  ~ write('/journal', 50 bytes)
  ~ write('/journal', 51 bytes)
  ~ write('/journal', 52 bytes)
  ~ write('/journal', 53 bytes)
  ~ write('/journal', 54 bytes)
  ~ write('/journal', 55 bytes)
  ~ write('/journal', 56 bytes)
  ~ write('/journal', 57 bytes)
  ~ write('/journal', 58 bytes)
  ~ write('/journal', 59 bytes)
  ~ write('/journal', 60 bytes)
  ~ write('/journal', 61 bytes)
  ~ write('/journal', 62 bytes)
  ~ write('/journal', 63 bytes)
  ~ write('/journal', 64 bytes)
  ~ write('/journal', 65 bytes)
  ~ write('/journal', 66 bytes)
  ~ write('/journal', 67 bytes)
  ~ write('/journal', 68 bytes)
  / write('/journal', 69 bytes)
      lost: 69 bytes from byte 2,300 on
    ack('entry 60')
  --- crash ---
    write('/journal', 70 bytes)
    write('/journal', 71 bytes)
    write('/journal', 72 bytes)
    … 37 left out, all not reached

  the disk at the crash (- had nothing been lost, + as it is)
    /journal: other content in 2,369 bytes, from byte 2,300 on
      - entry 60............................................................
      + 69 zeros

  replay: crash:posix:power:11gn9o6:1u-3c`,
    );
  });

  it('writes out what would move the cursor, hide, or reorder the text around it', async () => {
    const hostile = '/\x1b[31mred\u202e';
    const report = await explore({
      setup: (fs) => fs.mkdirSync(hostile),
      workload: program(
        'hostile.js',
        `fs.writeFileSync('/\\x1b[31mred\\u202e/two\\nlines', Buffer.from('ff1b5b4100c3', 'hex'));`,
      ),
      check(fs) {
        const bytes = fs.readdirSync(hostile).length > 0 ? fs.readFileSync(`${hostile}/two\nlines`) : Buffer.of(1);
        if (bytes[0] === 0) throw new Error('\x1b[31mbad\x1b[39m:\n\texpected \u202e\n  got \x07');
      },
      violationsMax: 1,
    });
    expectText(
      report,
      String.raw`
1 violation: power loss, model 'posix'; 3 crash points, 4 crash states (not exhaustive, seed 1)

violation 1: bad:
    expected \u{202e}
    got \x07
  at hostile.js:1:4
  acknowledged: nothing

  F forced to the device   ~ there by chance   / partly lost   x lost
    hostile.js:1:4
  ~ open('/\x1b[31mred\u{202e}/two\nlines', O_WRONLY|O_CREAT|O_TRUNC, 0o666)
  / write('/\x1b[31mred\u{202e}/two\nlines', 6 bytes)
      lost: the first 6 bytes
  --- crash ---

  the disk at the crash (- had nothing been lost, + as it is)
    /\x1b[31mred\u{202e}/two\nlines: other content in 6 bytes
      - 000000  ff 1b 5b 41 00 c3                                ..[A..
      + 6 zeros

  replay: crash:posix:power:jiiajl:2-1`,
    );
  });

  it('tells of a fault sweep what was made to fail, and how the workload took it', async () => {
    const report = await sweepFaults({
      ...saving(`
const fd = fs.openSync('/app/config.json.tmp', 'w');
fs.writeSync(fd, NEW);
fs.closeSync(fd);
fs.renameSync('/app/config.json.tmp', '/app/config.json');
ack('saved');`),
      violationsMax: 3,
    });
    expectText(
      report,
      `
3 violations of 1 cause: every call fails once; 4 calls, 21 runs (not exhaustive)

violation 1: the configuration is damaged
  fail('write').at(1).once().short(0)
  the workload ended well
  at save.js:3:4
  acknowledged: saved

    save.js:2:15
    open('/app/config.json.tmp', O_WRONLY|O_CREAT|O_TRUNC, 0o666)
    save.js:3:4
    write('/app/config.json.tmp', 55 bytes) = 0
      fault: fail('write').at(1).once().short(0)
    save.js:5:4
    rename('/app/config.json.tmp', '/app/config.json')
    ack('saved')

  the disk at the end (- without the fault, + as it is)
    /app/config.json: empty instead of 55 bytes
      - {
      -   "theme": "dark",
      -   "size": 12,
      -   "font": "serif"
      - }

  replay: fault:1yfogne:1kgz9w7

the other violations, each with its token for replay
    2  fail('write').at(1).once().short(1): the configuration is…  fault:1yfogne:1ugo4d6
    3  fail('write').at(1).once().short(2): the configuration is…  fault:1yfogne:1jd7649`,
    );
  });
});

describe('console.log(report)', () => {
  it('has colours where the stream has, and says the same', async () => {
    const report = await explore(saving(WITHOUT_FSYNC));
    const coloured = inspect(report, { colors: true });
    expect(coloured).to.include('\x1b[31m  / write(');
    expect(stripVTControlCharacters(coloured)).to.equal(String(report));
    expect(inspect(report)).to.equal(String(report));
  });
});

/** A program that appends, and flushes once. */
function journal(entry: string): ExploreOptions {
  return {
    setup: (fs) => fs.writeFileSync('/journal', ''),
    workload: program(
      'journal.js',
      `
const fd = fs.openSync('/journal', 'a');
for (let entry = 0; entry < 100; entry++) {
  fs.writeSync(fd, ${entry});
  if (entry === 40) fs.fsyncSync(fd);
  if (entry % 20 === 0) ack('entry ' + entry);
}`,
    ),
    check(fs, { acked }) {
      const written = fs.readFileSync('/journal', 'latin1');
      if (acked('entry 60') && !written.includes('entry 60')) throw new Error('entry 60 is lost');
    },
    statesPerPoint: 10,
    violationsMax: 1,
  };
}

function expectText(report: Report, text: string): void {
  expect(String(report)).to.equal(text.trimStart());
  const lengths = String(report)
    .split('\n')
    .map((line) => line.length);
  expect(Math.max(...lengths)).to.be.at.most(120);
}
