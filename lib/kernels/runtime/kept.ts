/**
 * Caches results by their parameters for the life of the thread: bases are rebuilt for every recording, their plans and
 * tables stay.
 *
 * @param make - called once for each list of parameters; all callers share its result, so none may change it
 */
export function kept<Parameters extends readonly (number | string)[], Value>(
  make: (...parameters: Parameters) => Value,
): (...parameters: Parameters) => Value {
  const values = new Map<string, { readonly value: Value }>();
  return (...parameters) => {
    const key = parameters.join(' ');
    let found = values.get(key);
    if (found === undefined) values.set(key, (found = { value: make(...parameters) }));
    return found.value;
  };
}
