import {
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  languages,
  Range,
  SymbolKind,
  Uri,
  type Disposable,
  type TextDocument,
} from "vscode";
import { isAbsolute } from "node:path";
import { fileLinks } from "../../core/run/log-links.ts";
import { logOutline, type LogPart } from "../../core/run/log-outline.ts";
import { phaseWord } from "../../core/run/words.ts";
import type { PhaseName } from "../../core/run/phase-names.ts";
import { DisposableStore } from "../dispose.ts";
import { LOG_SCHEME } from "./address.ts";

/** More links than that are a flood of warnings, not places to go to. */
const MOST_LINKS = 2000;

/** Folding, outline and links of the logs that `LogPages` shows. */
export function followLogs(): Disposable {
  const selector = { scheme: LOG_SCHEME };
  const disposables = new DisposableStore();
  disposables.add(
    languages.registerDocumentSymbolProvider(selector, {
      provideDocumentSymbols: (document) =>
        logOutline(linesOf(document)).map((part) => symbol(part, document)),
    }),
  );
  disposables.add(
    languages.registerFoldingRangeProvider(selector, {
      provideFoldingRanges: (document) => logOutline(linesOf(document)).flatMap(folds),
    }),
  );
  disposables.add(languages.registerDocumentLinkProvider(selector, { provideDocumentLinks: links }));
  return disposables;
}

const linesOf = (document: TextDocument): string[] => document.getText().split("\n");

function symbol({ kind, title, start, end, parts }: LogPart, document: TextDocument): DocumentSymbol {
  const phase = kind === "phase";
  const made = new DocumentSymbol(
    // Only phases that are known make a part.
    phase ? phaseWord(title as PhaseName) : title || "Traceback",
    "",
    phase ? SymbolKind.Namespace : SymbolKind.Event,
    new Range(start, 0, end, document.lineAt(end).text.length),
    document.lineAt(start).range,
  );
  made.children = parts.map((part) => symbol(part, document));
  return made;
}

const folds = ({ start, end, parts }: LogPart): FoldingRange[] => [
  ...(end > start ? [new FoldingRange(start, end)] : []),
  ...parts.flatMap(folds),
];

/** Only absolute paths: where a relative one begins is known to the process that wrote it. */
function links(document: TextDocument): DocumentLink[] {
  const found: DocumentLink[] = [];
  for (let line = 0; line < document.lineCount && found.length < MOST_LINKS; line++) {
    for (const { start, end, path, line: at } of fileLinks(document.lineAt(line).text)) {
      if (!isAbsolute(path) || /^[\\/]{2}/.test(path)) continue;
      const target = Uri.file(path).with({ fragment: `L${at}` });
      found.push(new DocumentLink(new Range(line, start, line, end), target));
    }
  }
  return found;
}
