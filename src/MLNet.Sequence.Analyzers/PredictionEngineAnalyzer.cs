using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MLNet.Sequence.Analyzers;

/// <summary>MLSEQ002: ML.NET's prediction engine on a forecaster, which throws: a forecast needs the rows before it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class PredictionEngineAnalyzer : ForecasterAnalyzer
{
    private static readonly DiagnosticDescriptor Rule = new(
        "MLSEQ002",
        "A prediction engine has no history",
        "A prediction engine sees one row, and a forecast needs the rows before it: use ml.Forecasting.CreateEngine",
        "Usage",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "ml.Model.CreatePredictionEngine maps each row alone, and throws for a forecaster, which reads several rows. ml.Forecasting.CreateEngine keeps the "
            + "rows of each series, and forecasts after each of them.");

    /// <summary>The compiler makes it.</summary>
    public PredictionEngineAnalyzer()
        : base(Rule)
    {
    }

    private protected override void Check(OperationAnalysisContext context, IInvocationOperation call, ForecasterTypes types)
    {
        if (call.TargetMethod.Name == "CreatePredictionEngine" && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, types.Models)
            && call.Arguments.Any(argument => types.IsTransformer(Origins.Bare(argument.Value).Type)))
            context.ReportDiagnostic(Diagnostic.Create(Rule, call.Syntax.GetLocation()));
    }
}
