/** What the commands of the test at hand have printed, so that one that fails can show it; see `shows-commands.mts`. */
export interface Printed {
  printed?: string[];
}

/** Notes what a command has printed. Outside jest nobody asks for it. */
export function notePrinted(command: string, output: string): void {
  (globalThis as Printed).printed?.push(`${command}:\n${output}`);
}
