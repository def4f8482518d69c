using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Hosting;

/// <summary>
/// A chain of estimators in two parts: the transforms, whose fits draw random numbers one after the other, and the trainer at its end, whose fits do not
/// depend on any order. ML.NET's chain keeps its estimators to itself.
/// </summary>
internal sealed class ChainParts
{
    private readonly IEstimator<ITransformer>[] _transforms;
    private readonly TransformerScope[] _scopes;
    private readonly Type _last;

    private ChainParts(IEstimator<ITransformer>[] all, TransformerScope[] scopes, Type last) => (_transforms, _scopes, _last) = (all[..^1], scopes, last);

    /// <summary>The parts of a chain; null: it is none, or has a cache or another chain at its end.</summary>
    public static ChainParts? Of(IEstimator<ITransformer> estimator)
    {
        Type type = estimator.GetType();
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(EstimatorChain<>)
            || Field<IEstimator<ITransformer>[]>(estimator, "_estimators") is not { Length: > 0 } all
            || Field<TransformerScope[]>(estimator, "_scopes") is not { } scopes
            || Field<bool[]>(estimator, "_needCacheAfter") is not { } cached || cached.Contains(true)
            || all[^1].GetType().IsGenericType)
            return null;
        return new ChainParts(all, scopes, type.GetGenericArguments()[0]);
    }

    /// <summary>Fits the transforms one after the other; returns them, and the rows as the trainer gets them.</summary>
    public (ITransformer[] Fitted, IDataView Rows) FitTransforms(IDataView rows)
    {
        var fitted = new List<ITransformer>();
        foreach (IEstimator<ITransformer> transform in _transforms)
        {
            fitted.Add(transform.Fit(rows));
            rows = fitted[^1].Transform(rows);
        }

        return ([.. fitted], rows);
    }

    /// <summary>The chain that <c>Fit</c> would have returned.</summary>
    public ITransformer Join(ITransformer[] fitted, ITransformer trained) => (ITransformer)Activator.CreateInstance(
        typeof(TransformerChain<>).MakeGenericType(_last), (IEnumerable<ITransformer>)[.. fitted, trained], (IEnumerable<TransformerScope>)_scopes)!;

    private static T? Field<T>(object chain, string name) where T : class =>
        chain.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)?.GetValue(chain) as T;
}
