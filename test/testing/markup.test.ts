import { expect } from 'chai';
import { joined, markup, unescaped } from '../../src/testing/report-html/markup';

describe('markup', () => {
  it('escapes every text, in content and in quoted attributes', () => {
    const hostile = `<b a="1" b='2'>&amp;`;
    const escaped = '&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;';
    expect(markup`<p title="${hostile}">${hostile}</p>`.source).to.equal(`<p title="${escaped}">${escaped}</p>`);
  });

  it('writes out what cannot be seen', () => {
    expect(markup`<p>${'a\0\u202e\n'}</p>`.source).to.equal(String.raw`<p>a\x00\u{202e}\n</p>`);
  });

  it('takes markup, numbers, lists and nothing as they are', () => {
    const items = [1, 2].map((item) => markup`<li>${item}</li>`);
    expect(markup`<ul>${items}${undefined}${unescaped('<!-- & -->')}</ul>`.source).to.equal(
      '<ul><li>1</li><li>2</li><!-- & --></ul>',
    );
    expect(markup`${joined(['<', markup`<br>`, '>'], ', ')}`.source).to.equal('&lt;, <br>, &gt;');
  });
});
