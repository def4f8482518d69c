using Microsoft.CodeAnalysis;

namespace MLNet.Sequence.Analyzers;

/// <summary>The types of a compilation that the rules are about.</summary>
internal sealed class ForecasterTypes
{
    private readonly INamedTypeSymbol _estimator, _transformer;
    private readonly INamedTypeSymbol? _estimatorChain, _transformerChain, _engine;

    private ForecasterTypes(Compilation compilation, INamedTypeSymbol estimator, INamedTypeSymbol transformer)
    {
        (_estimator, _transformer) = (estimator, transformer);
        _estimatorChain = compilation.GetTypeByMetadataName("Microsoft.ML.Data.EstimatorChain`1");
        _transformerChain = compilation.GetTypeByMetadataName("Microsoft.ML.Data.TransformerChain`1");
        _engine = compilation.GetTypeByMetadataName("MLNet.Sequence.ForecastingEngine`2");
        Data = compilation.GetTypeByMetadataName("Microsoft.ML.DataOperationsCatalog");
        Models = compilation.GetTypeByMetadataName("Microsoft.ML.ModelOperationsCatalog");
    }

    /// <summary>The type of <c>ml.Data</c>.</summary>
    public INamedTypeSymbol? Data { get; }

    /// <summary>The type of <c>ml.Model</c>.</summary>
    public INamedTypeSymbol? Models { get; }

    /// <summary>Null: the program does not use the library.</summary>
    public static ForecasterTypes? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName("MLNet.Sequence.SequenceForecaster") is { } estimator
            && compilation.GetTypeByMetadataName("MLNet.Sequence.ForecastingTransformer") is { } transformer
            ? new ForecasterTypes(compilation, estimator, transformer)
            : null;

    /// <summary>Whether a value is a forecaster that is not fitted, alone or at the end of a chain.</summary>
    public bool IsEstimator(ITypeSymbol? type) => Is(type, _estimator) || IsChain(type, _estimatorChain);

    /// <summary>Whether a value is a fitted forecaster, alone or at the end of a chain.</summary>
    public bool IsTransformer(ITypeSymbol? type) => Is(type, _transformer) || IsChain(type, _transformerChain);

    /// <summary>Whether a value is an engine that forecasts row by row.</summary>
    public bool IsEngine(ITypeSymbol? type) => Is(type?.OriginalDefinition, _engine);

    private bool IsChain(ITypeSymbol? type, INamedTypeSymbol? chain) =>
        type is INamedTypeSymbol { TypeArguments.Length: 1 } named && Is(named.OriginalDefinition, chain) && Is(named.TypeArguments[0], _transformer);

    private static bool Is(ITypeSymbol? type, INamedTypeSymbol? wanted) => wanted is not null && SymbolEqualityComparer.Default.Equals(type, wanted);
}
