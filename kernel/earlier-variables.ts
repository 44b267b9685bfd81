import type * as TypeScript from '@tslab/typescript-for-tslab';

type Compiler = Pick<
  typeof TypeScript,
  'factory' | 'isBindingElement' | 'isIdentifier' | 'isShorthandPropertyAssignment' | 'setTextRange'
> &
  Pick<typeof TypeScript, 'visitEachChild' | 'visitNode'>;

/**
 * Prepares a cell for tslab, which puts `exports.` before every name that an earlier cell declared and stumbles
 * over the two places where a name is not merely the variable:
 *
 * - `{ style }` is property and variable in one, and tslab leaves it alone: becomes `{ style: exports.style }`, and
 *   `({ style = 1 } = …)` becomes `({ style: exports.style = 1 } = …)`;
 * - in `const { a: mine } = earlier` the property `a` was declared by an earlier cell, and tslab takes it for a
 *   variable: it is replaced by a copy, which carries no declaration.
 *
 * @param typescript - the compiler of the cells
 * @param checker - of the program that the cell is part of
 */
export function separateNamesFromVariables(
  typescript: Compiler,
  checker: TypeScript.TypeChecker,
): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  const { factory } = typescript;

  /** A name at the same place of the source, without what the checker knows about the name there. */
  const copyOf = (name: TypeScript.Identifier): TypeScript.Identifier =>
    typescript.setTextRange(factory.createIdentifier(name.text), name);

  return (context) => (file) => {
    // tslab makes the declarations of the earlier cells the parent of a cell; modules have none.
    const earlier = file.parent as TypeScript.Node | undefined;
    if (!earlier) return file;

    const visit = (node: TypeScript.Node): TypeScript.Node => {
      if (typescript.isShorthandPropertyAssignment(node)) return expand(node);
      if (
        typescript.isBindingElement(node) &&
        node.propertyName &&
        typescript.isIdentifier(node.propertyName)
      ) {
        const { dotDotDotToken, propertyName, name, initializer } = node;
        const renamed = factory.updateBindingElement(
          node,
          dotDotDotToken,
          copyOf(propertyName),
          name,
          initializer,
        );
        return typescript.visitEachChild(renamed, visit, context);
      }
      return typescript.visitEachChild(node, visit, context);
    };

    const expand = (property: TypeScript.ShorthandPropertyAssignment): TypeScript.Node => {
      const variable = checker.getShorthandAssignmentValueSymbol(property);
      if (!variable?.declarations?.some((declaration) => declaration.getSourceFile() === earlier))
        return typescript.visitEachChild(property, visit, context);
      const { name, objectAssignmentInitializer: fallback } = property;
      const read = typescript.setTextRange(
        factory.createPropertyAccessExpression(factory.createIdentifier('exports'), copyOf(name)),
        name,
      );
      const value = fallback
        ? factory.createAssignment(read, typescript.visitNode(fallback, visit) as TypeScript.Expression)
        : read;
      return typescript.setTextRange(factory.createPropertyAssignment(copyOf(name), value), property);
    };

    return typescript.visitEachChild(file, visit, context);
  };
}
