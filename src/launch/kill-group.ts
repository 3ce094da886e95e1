/** Ends a process with everything it has started: its group, on Windows its tree. */
import { execa } from "execa";
import { killPlan } from "./child-environment.ts";

export async function killGroup(pid: number, force: boolean): Promise<void> {
  const plan = killPlan(process.platform, pid, force, process.env["SystemRoot"]);
  if (plan.kind === "command") {
    await execa(plan.file, [...plan.args], { reject: false, stdin: "ignore", timeout: 10_000 });
    return;
  }
  try {
    process.kill(plan.pid, plan.signal);
  } catch (error) {
    // ESRCH: nobody of the group is left, which is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
