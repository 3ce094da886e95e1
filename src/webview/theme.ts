/** Colours of the person's theme, for what is painted on a canvas and cannot use CSS variables itself. */
export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  readonly primary: string;
  /** For lines that share a chart, told apart by dash as well. */
  readonly lines: readonly string[];
  readonly evaluation: string;
  readonly checkpoint: string;
  readonly seam: string;
  readonly bad: string;
  readonly band: string;
  /** In high contrast, lines differ by dash and weight instead of by opacity. */
  readonly highContrast: boolean;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const read = (...names: string[]): string =>
    names.map((name) => style.getPropertyValue(`--vscode-${name}`).trim()).find((value) => value !== "") ??
    style.color;
  const highContrast =
    document.body.classList.contains("vscode-high-contrast") ||
    document.body.classList.contains("vscode-high-contrast-light");
  return {
    background: read("editor-background"),
    text: read("foreground"),
    faint: highContrast ? read("foreground") : read("descriptionForeground", "foreground"),
    grid: read("editorWidget-border", "panel-border", "contrastBorder"),
    primary: read("charts-blue"),
    lines: ["charts-blue", "charts-green", "charts-purple", "charts-yellow", "charts-red", "foreground"].map(
      (name) => read(name),
    ),
    evaluation: read("charts-yellow"),
    checkpoint: read("charts-green"),
    seam: read("charts-purple"),
    bad: read("charts-red", "errorForeground"),
    band: read("charts-yellow"),
    highContrast,
  };
}

/** Calls back when the theme changes: the editor swaps classes and variables of the page. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
}
