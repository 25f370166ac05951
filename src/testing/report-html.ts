import type { Findings } from './report';
export function writeHtml(report: Findings, file: string): void {
  void report;
  void file;
}
