/**
 * Keeps what was made for some parameters, as long as the thread lives: bases come and go with every recording, their
 * plans and tables stay.
 *
 * @param make - called once for each list of parameters; what it gives is shared by all callers, so none may change it
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
