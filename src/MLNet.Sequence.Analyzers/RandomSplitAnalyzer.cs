using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MLNet.Sequence.Analyzers;

/// <summary>
/// MLSEQ001: rows that were split at random go to a forecaster, which refuses them when it is fitted. A split whose rows stay together by the
/// series (samplingKeyColumnName) is fine.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class RandomSplitAnalyzer : ForecasterAnalyzer
{
    private static readonly DiagnosticDescriptor Rule = new(
        "MLSEQ001",
        "Rows of a series were split at random",
        "'{0}' splits rows at random, which leaves gaps in every series: split in time with ml.Forecasting.{1}",
        "Usage",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A random split takes rows out of the middle of each series, so a forecaster would learn from windows with gaps and be tested on rows between "
            + "those that it was trained on. ml.Forecasting.TrainTestSplit cuts each series in time; ml.Forecasting.CrossValidate and Backtest test in the "
            + "past. "
            + "To keep whole series together, give ml.Data.TrainTestSplit the series column as samplingKeyColumnName.");

    /// <summary>The compiler makes it.</summary>
    public RandomSplitAnalyzer()
        : base(Rule)
    {
    }

    private protected override void Check(OperationAnalysisContext context, IInvocationOperation call, ForecasterTypes types)
    {
        if (call.TargetMethod.Name == "Fit" && types.IsEstimator(call.Instance?.Type) && call.Arguments.Length > 0
            && Origins.Of(call.Arguments[0].Value) is { } origin && IsRandomSplit(origin, types))
            Report(context, origin, "TrainTestSplit");
        else if (call.TargetMethod.Name is "CrossValidate" && !KeepsSeries(call)
            && call.TargetMethod.ContainingAssembly.Name.StartsWith("Microsoft.ML", StringComparison.Ordinal)
            && call.Arguments.Any(argument => types.IsEstimator(Origins.Bare(argument.Value).Type)))
            Report(context, call, "CrossValidate");
    }

    private static void Report(OperationAnalysisContext context, IInvocationOperation call, string instead) =>
        context.ReportDiagnostic(Diagnostic.Create(Rule, call.Syntax.GetLocation(), call.TargetMethod.Name, instead));

    private static bool IsRandomSplit(IInvocationOperation call, ForecasterTypes types) =>
        SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, types.Data)
        && call.TargetMethod.Name is "TrainTestSplit" or "CrossValidationSplit"
        && !KeepsSeries(call);

    // Rows with one key stay together.
    private static bool KeepsSeries(IInvocationOperation call) =>
        call.Arguments.Any(argument => argument.Parameter?.Name == "samplingKeyColumnName"
            && argument.Value.ConstantValue is not { HasValue: true, Value: null });
}
