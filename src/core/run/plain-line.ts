/** A line as a person saw it in a terminal, without colours and without what a progress bar painted over. */

/* oxlint-disable no-control-regex -- terminal sequences are made of control characters */
/** Colours and cursor movements (CSI), titles and links (OSC), and single-character sequences. */
const SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
/** A tab is text; what else is left of the control characters is not. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
/* oxlint-enable no-control-regex */

export function plainLine(line: string): string {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  const painted = text.slice(text.lastIndexOf("\r") + 1);
  return painted.replace(SEQUENCE, "").replace(CONTROL, "");
}
