/** One script for all pages of ours; the page says which one it is. */
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has nothing to assign
import "uplot/dist/uPlot.min.css";
import { showComparison } from "./compare-page.ts";
import { connect, readTexts } from "./host.ts";
import { showRun } from "./run-page.ts";

const root = document.getElementById("panel") ?? document.body;
const texts = readTexts();
if (document.body.dataset["page"] === "compare") showComparison(root, texts, connect());
else showRun(root, texts, connect());
