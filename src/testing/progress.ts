/** One line on stderr that is written over. */
export class Progress {
  private readonly begunAt = Date.now();
  private isShown = false;

  constructor(
    private readonly isWanted: boolean,
    private readonly describe: () => string,
  ) {}

  /** Shows how far it is, once it takes longer than a person would wonder. */
  show(): void {
    const seconds = (Date.now() - this.begunAt) / 1000;
    if (!this.isWanted || seconds < 1) return;
    process.stderr.write(`\r\x1b[K${this.describe()}, ${seconds.toFixed(0)} s`);
    this.isShown = true;
  }

  done(): void {
    if (this.isShown) process.stderr.write('\r\x1b[K');
  }
}
