using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MLNet.Sequence.Hosting;

/// <summary>ML.NET's own views and engines over objects of a user's class, from an environment alone.</summary>
internal static class RowEngines
{
    /// <summary>An engine that leaves its transformer alone when it is disposed.</summary>
    public static PredictionEngine<TRow, TOutput> Create<TRow, TOutput>(IHostEnvironment environment, ITransformer transformer)
        where TRow : class
        where TOutput : class, new() =>
        new ModelOperationsCatalog(environment).CreatePredictionEngine<TRow, TOutput>(transformer, new PredictionEngineOptions { OwnsTransformer = false });

    public static IDataView View<TRow>(IHostEnvironment environment, IEnumerable<TRow> rows)
        where TRow : class => new DataOperationsCatalog(environment).LoadFromEnumerable(rows);
}
