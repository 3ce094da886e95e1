/** Names and messages come from configs and trainers. Places that give some characters a meaning get them without it. */

/** Invisible, and enough to keep two characters from meaning something together. */
const APART = "\u200b";

/** For notifications, which turn `[text](command:…)` into a link. */
export const plainMessage = (text: string): string => text.replaceAll("](", `]${APART}(`);

/** For the status bar and labels of quick picks, which turn `$(name)` into an icon. */
export const withoutIcons = (text: string): string => text.replaceAll("$(", `$${APART}(`);
