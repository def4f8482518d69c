using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MLNet.Sequence.Analyzers;

/// <summary>A rule about the calls of programs that use forecasters.</summary>
public abstract class ForecasterAnalyzer : DiagnosticAnalyzer
{
    private protected ForecasterAnalyzer(DiagnosticDescriptor rule) => SupportedDiagnostics = [rule];

    /// <inheritdoc/>
    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }

    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (ForecasterTypes.Of(start.Compilation) is { } types)
                start.RegisterOperationAction(call => Check(call, (IInvocationOperation)call.Operation, types), OperationKind.Invocation);
        });
    }

    /// <summary>Looks at a call, from several threads at once.</summary>
    private protected abstract void Check(OperationAnalysisContext context, IInvocationOperation call, ForecasterTypes types);
}
