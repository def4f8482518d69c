using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MLNet.Sequence.Analyzers;

/// <summary>Looks at every call of a program that uses forecasters.</summary>
internal static class ForecasterCalls
{
    /// <param name="context">The context of the rule.</param>
    /// <param name="check">Is given each call, from several threads at once.</param>
    public static void Watch(AnalysisContext context, Action<OperationAnalysisContext, IInvocationOperation, ForecasterTypes> check)
    {
        context.RegisterCompilationStartAction(start =>
        {
            if (ForecasterTypes.Of(start.Compilation) is { } types)
                start.RegisterOperationAction(call => check(call, (IInvocationOperation)call.Operation, types), OperationKind.Invocation);
        });
    }
}
