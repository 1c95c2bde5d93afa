/**
 * Seed 004, W3: the output capture with the document's fix, of which it says "fixed zero buffer size bug in output capture
 * (|| vs !== undefined)". Nothing else of the capture is said to be fixed, so all else is as found.
 */
import { OutputCapture as FoundCapture } from './as-found.ts';

export class OutputCapture extends FoundCapture {
  protected override limitOf(config: { maxOutputBuffer?: number } | undefined): number {
    return config?.maxOutputBuffer !== undefined ? config.maxOutputBuffer : this.defaultLimit;
  }
}
