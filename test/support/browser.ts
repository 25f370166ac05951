// A headless Chromium, driven by its own protocol over two pipes: https://chromedevtools.github.io/devtools-protocol/

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { runs } from './needs';

type Answer = Record<string, unknown>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Answer;
  readonly result?: Answer;
  readonly error?: { readonly message: string };
}

const COMMANDS = [process.env['CHROMIUM'], 'chromium', 'chromium-browser', 'google-chrome'];
/** A browser that does not answer must not hold up the whole run. */
const ANSWER_MS_MAX = 30_000;

/** The command to run Chromium by; undefined where there is none. */
export function findChromium(): string | undefined {
  return COMMANDS.find((command) => command !== undefined && runs(command, '--version'));
}

/** One page in a browser of its own. */
export class BrowserPage {
  /** What the page has complained of: errors on its console, exceptions, blocked or failed requests. */
  readonly complaints: string[] = [];
  /** The addresses that it has asked for. */
  readonly requests: string[] = [];
  private readonly waiting = new Map<number, (message: Message) => void>();
  private readonly loads: (() => void)[] = [];
  private session: string | undefined;
  private calls = 0;
  private unread = '';

  private constructor(
    private readonly browser: ChildProcess,
    private readonly profile: string,
    private readonly output: Writable,
    input: Readable,
  ) {
    input.setEncoding('utf8').on('data', (text: string) => this.read(text));
  }

  static async open(command: string): Promise<BrowserPage> {
    const profile = mkdtempSync(join(tmpdir(), 'fs-intact-browser-'));
    // Without its sandbox it also runs as root; it opens nothing but our own page.
    const switches = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage'];
    const browser = spawn(command, [...switches, '--remote-debugging-pipe', `--user-data-dir=${profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const [, , , output, input] = browser.stdio;
    const page = new BrowserPage(browser, profile, output as Writable, input as Readable);
    const { targetId } = await page.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await page.call('Target.attachToTarget', { targetId, flatten: true });
    page.session = sessionId as string;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.call(`${domain}.enable`);
    return page;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.browser.once('close', resolve));
    this.session = undefined;
    await this.call('Browser.close');
    await closed;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Loads a page, and waits for it. */
  async visit(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => this.loads.push(resolve));
    await this.call('Page.navigate', { url });
    await loaded;
  }

  /** What an expression gives in the page, as JSON can tell it. */
  async evaluate<T>(expression: string): Promise<T> {
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', options);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  }

  /** Clicks where the first element is that a selector finds, as a reader would. */
  async click(selector: string): Promise<void> {
    const found = await this.evaluate<{ x: number; y: number } | null>(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      element?.scrollIntoView({ block: 'nearest' });
      const box = element?.getBoundingClientRect();
      return box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : null;
    })()`);
    if (found === null) throw new Error(`nothing to click: ${selector}`);
    for (const type of ['mousePressed', 'mouseReleased']) {
      await this.call('Input.dispatchMouseEvent', { type, ...found, button: 'left', clickCount: 1 });
    }
  }

  /** Presses a key, named as `KeyboardEvent.key` names it. */
  async press(key: string): Promise<void> {
    const text = key.length === 1 ? { text: key } : key === 'Enter' ? { text: '\r' } : {};
    const code = KEY_CODES[key] ?? key.toUpperCase().charCodeAt(0);
    await this.call('Input.dispatchKeyEvent', { type: 'keyDown', key, windowsVirtualKeyCode: code, ...text });
    await this.call('Input.dispatchKeyEvent', { type: 'keyUp', key, windowsVirtualKeyCode: code });
  }

  /** Shows the page on a screen of this size, in light or dark colours. */
  async show(width: number, height: number, scheme: 'light' | 'dark'): Promise<void> {
    await this.call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    await this.style('', scheme);
  }

  /** Styles the page for a printer, or for what it is shown on, in light or dark colours. */
  async style(media: 'print' | '', scheme: 'light' | 'dark'): Promise<void> {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.call('Emulation.setEmulatedMedia', { media, features });
  }

  /** What is on the screen, as a PNG. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.call('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(data as string, 'base64');
  }

  /** The page as it is printed, as a PDF. */
  async print(): Promise<Buffer> {
    const { data } = await this.call('Page.printToPDF', { printBackground: false });
    return Buffer.from(data as string, 'base64');
  }

  /** Allows the page to use the clipboard. */
  async allowClipboard(): Promise<void> {
    const permissions = ['clipboardReadWrite', 'clipboardSanitizedWrite'];
    await this.call('Browser.grantPermissions', { permissions });
    await this.call('Page.bringToFront');
  }

  private call(method: string, params: Answer = {}): Promise<Answer> {
    const id = ++this.calls;
    const message = { id, method, params, ...(this.session === undefined ? {} : { sessionId: this.session }) };
    this.output.write(`${JSON.stringify(message)}\0`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: the browser does not answer`)), ANSWER_MS_MAX);
      this.waiting.set(id, ({ result, error }) => {
        clearTimeout(timer);
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
  }

  private read(text: string): void {
    const messages = (this.unread + text).split('\0');
    this.unread = messages.pop()!;
    for (const message of messages) this.take(JSON.parse(message) as Message);
  }

  private take(message: Message): void {
    const { id, method, params } = message;
    if (id !== undefined) {
      this.waiting.get(id)?.(message);
      this.waiting.delete(id);
    }
    if (method === 'Page.loadEventFired') this.loads.shift()?.();
    if (method === 'Network.requestWillBeSent')
      this.requests.push((params as { request: { url: string } }).request.url);
    if (COMPLAINTS.has(method ?? '') && !isHarmless(params!)) this.complaints.push(JSON.stringify(params));
  }
}

const KEY_CODES: Readonly<Record<string, number>> = { ArrowLeft: 37, ArrowRight: 39, Enter: 13, Tab: 9 };

const COMPLAINTS: ReadonlySet<string> = new Set([
  'Log.entryAdded',
  'Runtime.exceptionThrown',
  'Runtime.consoleAPICalled',
  'Network.loadingFailed',
]);

function isHarmless({ entry }: Answer): boolean {
  return (entry as { level?: string } | undefined)?.level === 'verbose';
}
