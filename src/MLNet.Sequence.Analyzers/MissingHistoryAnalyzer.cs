using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MLNet.Sequence.Analyzers;

/// <summary>
/// MLSEQ003: a forecaster is asked about one row without those before it, and answers NaN: an engine that was just made, as ML.NET's engines are
/// made for each request, or a view of a single row.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class MissingHistoryAnalyzer : ForecasterAnalyzer
{
    private const string OfEngine = "This engine has seen no row before: keep one for all rows, and give it the earlier ones with Update or a checkPoint",
        OfView = "This view has one row: give it as many as the context, or use ml.Forecasting.CreateEngine";

    private static readonly DiagnosticDescriptor Rule = new(
        "MLSEQ003",
        "A forecast without its history",
        "A forecast needs the rows before it, and is NaN without them. {0}.",
        "Usage",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A forecaster reads the last rows of a series, as many as its context. An engine begins without any: one that is made for a single row gives NaN, and "
            + "so does Transform of a single row. Keep one engine, give it the earlier rows with Update, or its states from a file with checkPoint.");

    /// <summary>The compiler makes it.</summary>
    public MissingHistoryAnalyzer()
        : base(Rule)
    {
    }

    private protected override void Check(OperationAnalysisContext context, IInvocationOperation call, ForecasterTypes types)
    {
        if (call.TargetMethod.Name == "Predict" && types.IsEngine(call.Instance?.Type) && IsNew(call))
            context.ReportDiagnostic(Diagnostic.Create(Rule, call.Syntax.GetLocation(), OfEngine));
        else if (call.TargetMethod.Name == "Transform" && types.IsTransformer(call.Instance?.Type) && call.Arguments.Length == 1
            && Origins.Of(call.Arguments[0].Value) is { } origin && IsOneRow(origin, types))
            context.ReportDiagnostic(Diagnostic.Create(Rule, call.Syntax.GetLocation(), OfView));
    }

    // An engine that is made for this call alone.
    private static bool IsNew(IInvocationOperation predict) => Origins.Bare(predict.Instance!) switch
    {
        IInvocationOperation made => HasNoStates(made),
        ILocalReferenceOperation local => Origins.Assigned(local) is { } assigned && Origins.Bare(assigned) is IInvocationOperation made && HasNoStates(made)
            && IsUsedOnce(local, predict) && SameRuns(made, predict),
        _ => false,
    };

    private static bool HasNoStates(IInvocationOperation call) => call.TargetMethod.Name == "CreateEngine"
        && call.Arguments.All(argument => argument.Parameter?.Name != "checkPoint" || argument.Value.ConstantValue is { HasValue: true, Value: null });

    // Nothing else reaches the engine: no Update, no other method.
    private static bool IsUsedOnce(ILocalReferenceOperation local, IInvocationOperation predict) =>
        Origins.Root(local).Descendants().OfType<ILocalReferenceOperation>().Where(one => SymbolEqualityComparer.Default.Equals(one.Local, local.Local))
            .All(one => one.Parent is IInvocationOperation used && (used == predict || used.TargetMethod.Name == "Dispose") && used.Instance == one);

    // A loop or a function around the call alone may give the engine many rows.
    private static bool SameRuns(IOperation made, IOperation asked) => Repeated(made) == Repeated(asked);

    private static IOperation? Repeated(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            if (parent is ILoopOperation loop ? !RunsOnce(loop, operation) : parent is IAnonymousFunctionOperation or ILocalFunctionOperation)
                return parent;
            operation = parent;
        }

        return null;
    }

    // What a loop begins with.
    private static bool RunsOnce(ILoopOperation loop, IOperation part) => loop switch
    {
        IForLoopOperation { Before: var before } => before.Contains(part),
        IForEachLoopOperation { Collection: var collection } => part == collection,
        IForToLoopOperation counted => part == counted.InitialValue || part == counted.LimitValue || part == counted.StepValue,
        _ => false,
    };

    private static bool IsOneRow(IInvocationOperation call, ForecasterTypes types) => call.TargetMethod.Name == "LoadFromEnumerable"
        && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, types.Data) && Origins.Bare(call.Arguments[0].Value) switch
        {
            IArrayCreationOperation { Initializer.ElementValues.Length: 1 } => true,
            ICollectionExpressionOperation { Elements: { Length: 1 } elements } => elements[0] is not ISpreadOperation,
            _ => false,
        };
}
