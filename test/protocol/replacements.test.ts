import { expect } from 'chai';
import { Replacements } from '../../src/protocol/replacements';

describe('Replacements', () => {
  it('takes no notes while nobody watches', () => {
    const replacements = new Replacements();
    replacements.note('/d/file');
    replacements.watch();
    expect(replacements.take('/d', 'file')).to.equal(false);
  });

  it('tells each replacement once, however the path is spelled', () => {
    const replacements = new Replacements();
    replacements.watch();
    replacements.note('/d/sub/../file');
    replacements.note('/d/file');
    expect([1, 2, 3].map(() => replacements.take('/d/', './file'))).to.deep.equal([true, true, false]);
    expect(replacements.take('/d', 'other')).to.equal(false);
  });

  it('forgets everything when the last watch ends', () => {
    const replacements = new Replacements();
    const [first, second] = [replacements.watch(), replacements.watch()];
    replacements.note('/d/file');
    first();
    expect(replacements.take('/d', 'file')).to.equal(true);
    replacements.note('/d/file');
    second();
    replacements.watch();
    expect(replacements.take('/d', 'file')).to.equal(false);
  });

  it('does not grow without a bound where nothing is ever reported', () => {
    const replacements = new Replacements();
    replacements.watch();
    for (let count = 0; count < 2000; count++) replacements.note(`/d/file-${count}`);
    const taken = Array.from({ length: 2000 }, (_, index) => replacements.take('/d', `file-${index}`));
    expect(taken.filter(Boolean).length).to.equal(1000);
  });
});
