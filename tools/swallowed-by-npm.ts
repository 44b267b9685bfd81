import type { CommandDescription } from './command-description';

/**
 * Options that npm took for its own: with `npm run data --verify`, without the two dashes before the options, npm only
 * sets the variable `npm_config_verify`, and the command would do something else than was asked. For `--only`, an
 * option of npm too, npm warns by itself.
 *
 * @param args - the arguments that reached the command
 * @returns a message with the line to type; undefined when npm took no option
 */
export function swallowedByNpm(
  { name, operands, options, count }: CommandDescription,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  // A command that another one starts inherits the variables of that one.
  if (environment['npm_lifecycle_event'] !== name) return undefined;
  const kept = Object.entries(options).flatMap(([option, { value }]) => {
    const found = environment[variableOf(option)];
    // An option that npm knows too may be set for all commands; what was typed after the dashes is the answer then.
    if (!found || found === 'false' || args.some((arg) => arg.split('=')[0] === `--${option}`)) return [];
    return [{ option, value, found }];
  });
  if (kept.length === 0) return undefined;
  // Of an option with a value npm keeps the name, and hands over the value: where there is one of each, they belong
  // together.
  const withoutValue = kept.filter(({ value, found }) => value !== undefined && found === 'true');
  const rest = [...args];
  const isPair = withoutValue.length === 1 && count === undefined && args.length === 1;
  const typed = kept.map(({ option, value, found }) => {
    if (value === undefined) return `--${option}`;
    if (found !== 'true') return `--${option} ${found}`;
    return `--${option} ${isPair ? rest.pop()! : value}`;
  });
  const script = name === 'test' ? 'npm test' : `npm run ${name}`;
  // Otherwise nobody can tell values from operands.
  const given = withoutValue.length === 0 || isPair ? rest : operands === undefined ? [] : [operands];
  return (
    `npm has kept ${kept.map(({ option }) => `--${option}`).join(' and ')} for itself: two dashes are missing. Type\n` +
    `  ${[script, '--', ...given, ...typed].join(' ')}\n` +
    `(If that is what you typed, the environment or .npmrc sets ${kept.map(({ option }) => variableOf(option)).join(' and ')}.)`
  );
}

/** Options that npm takes for abbreviations of its own, and completes. */
const COMPLETED: Readonly<Record<string, string>> = {
  replace: 'replace_registry_host',
  to: 'token_description',
};

function variableOf(option: string): string {
  return `npm_config_${COMPLETED[option] ?? option.replaceAll('-', '_')}`;
}
