using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Forecasts;

/// <summary>A fitted chain as an engine runs it: single rows before and after its forecaster.</summary>
/// <param name="Before">The transformers before the forecaster.</param>
/// <param name="Forecaster">The only one.</param>
/// <param name="After">The transformers after it.</param>
internal sealed record StreamedChain(IReadOnlyList<ITransformer> Before, ForecastingTransformer Forecaster, IReadOnlyList<ITransformer> After)
{
    /// <summary>The parts of a chain, or of a forecaster alone.</summary>
    /// <exception cref="ArgumentException">It has no forecaster or several, or another transformer that reads several rows.</exception>
    public static StreamedChain Of(ITransformer model)
    {
        ITransformer[] all = [.. Parts(model)];
        int[] forecasters = [.. all.Index().Where(part => part.Item is ForecastingTransformer).Select(part => part.Index)];
        if (forecasters.Length != 1)
        {
            throw new ArgumentException($"An engine needs a model with one forecaster (ml.Forecasting.Trainers.Sequence); found {forecasters.Length} among "
                + $"its {all.Length} transformers: {string.Join(", ", all.Select(Name))}.", nameof(model));
        }

        int at = forecasters[0];
        for (int i = 0; i < all.Length; i++)
        {
            if (i != at && !all[i].IsRowToRowMapper)
            {
                throw new ArgumentException($"An engine applies each transform to single rows, but {Name(all[i])}, number {i + 1} of the model's "
                    + $"{all.Length} transforms, reads several rows or leaves rows out: apply it to the rows before they are given to the engine, and "
                    + "fit the chain without it.", nameof(model));
            }
        }

        return new StreamedChain(all[..at], (ForecastingTransformer)all[at], all[(at + 1)..]);
    }

    /// <summary>The chain with another transformer in the forecaster's place.</summary>
    public ITransformer With(ITransformer forecaster) => new TransformerChain<ITransformer>([.. Before, forecaster, .. After]);

    /// <summary>Rows as the forecaster reads them.</summary>
    public IDataView Prepare(IDataView rows) => Before.Aggregate(rows, (view, transformer) => transformer.Transform(view));

    // A chain may be part of a chain.
    private static IEnumerable<ITransformer> Parts(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Parts) : [model];

    private static string Name(ITransformer transformer) => transformer.GetType().Name;
}
