using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MLNet.Sequence.Analyzers;

/// <summary>Follows a value back to the call that made it, through conversions and variables of the same method that are assigned once.</summary>
internal static class Origins
{
    // Longer chains of variables are rare; a circle of them would have no end.
    private const int Longest = 16;

    /// <summary>The value without conversions.</summary>
    public static IOperation Bare(IOperation value)
    {
        while (value is IConversionOperation or IParenthesizedOperation)
            value = value is IConversionOperation conversion ? conversion.Operand : ((IParenthesizedOperation)value).Operand;
        return value;
    }

    /// <summary>The call whose result the value is, or a part of; null: not known.</summary>
    public static IInvocationOperation? Of(IOperation value)
    {
        for (int step = 0; step < Longest; step++)
        {
            switch (Bare(value))
            {
                case IInvocationOperation call:
                    return call;
                case IMemberReferenceOperation { Instance: { } whole }:
                    value = whole;
                    break;
                case ILocalReferenceOperation local when Assigned(local) is { } assigned:
                    value = assigned;
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The operation that holds all of the same method.</summary>
    public static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
            operation = parent;
        return operation;
    }

    /// <summary>The only value that a variable is given; null: there are several, or none. That of a loop over folds has what is looped over.</summary>
    public static IOperation? Assigned(ILocalReferenceOperation local)
    {
        IOperation[] assigned =
        [
            .. Root(local).Descendants().Select(one => one switch
            {
                IVariableDeclaratorOperation declared when Is(declared.Symbol, local) => declared.GetVariableInitializer()?.Value,
                ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment when Is(target.Local, local) => assignment.Value,
                IForEachLoopOperation loop when loop.Locals.Any(own => Is(own, local)) => loop.Collection,
                _ => null,
            }).OfType<IOperation>(),
        ];
        return assigned.Length == 1 ? assigned[0] : null;
    }

    private static bool Is(ILocalSymbol symbol, ILocalReferenceOperation local) => SymbolEqualityComparer.Default.Equals(symbol, local.Local);
}
