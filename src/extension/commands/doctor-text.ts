/** What was found out about a machine, as a page of Markdown: first what stands in the way. */
import type { Finding } from "../../machine/doctor/finding.ts";

const AREAS: readonly (readonly [Finding["area"], string])[] = [
  ["system", "System"],
  ["gpu", "GPU"],
  ["python", "Python"],
  ["disk", "Folders"],
  ["hub", "Hugging Face"],
  ["modal", "Modal"],
  ["survival", "Will a run survive?"],
];

export function doctorText(findings: readonly Finding[]): string {
  const trouble = (["problem", "warning"] as const).flatMap((level) =>
    findings.filter((one) => one.level === level),
  );
  const areas = AREAS.flatMap(([area, title]) => {
    const own = findings.filter((one) => one.area === area);
    return own.length === 0 ? [] : [`## ${title}\n\n${own.map(line).join("\n")}`];
  });
  const first =
    trouble.length === 0 ? "Nothing stands in the way of a training." : trouble.map(withFix).join("\n");
  return `${["# Doctor", first, ...areas].join("\n\n")}\n`;
}

const line = ({ level, message }: Finding): string =>
  `- ${level === "fine" ? "" : `**${level}** `}${message}`;

const withFix = ({ level, message, fix }: Finding): string =>
  `- **${level}** ${message}${fix === undefined ? "" : ` ${fix}`}`;
