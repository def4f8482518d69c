using MLNet.Sequence.Tasks;
using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The negative log-likelihood of actual values under the distributions of a network's output, whose parameters are those of
/// <see cref="DistributionDecoding"/>. Numbers are standardised; counts are in the data's units, which the batch has. In double precision: the functions of
/// large counts and shapes cancel.
/// </summary>
/// <param name="decoding">The family.</param>
/// <param name="horizon">The number of steps ahead.</param>
internal sealed class DistributionLoss(DistributionDecoding decoding, int horizon)
{
    /// <summary>The loss of each known value.</summary>
    /// <param name="output">[.., horizon · parameters · targets].</param>
    /// <param name="batch">Its targets are NaN where they do not count.</param>
    public Tensor Of(Tensor output, Batch batch)
    {
        Tensor actual = Steps(batch.Target, 1).select(-2, 0).to(ScalarType.Float64); // [.., H, K]
        Tensor known = actual.isfinite(), values = where(known, actual, zeros_like(actual)); // a NaN would reach the gradients
        Tensor parameters = Steps(output, decoding.Parameters).to(ScalarType.Float64); // [.., H, P, K]
        Tensor[] own = [.. Enumerable.Range(0, decoding.Parameters).Select(place => parameters.select(-2, place))];
        Tensor loss = decoding.Kind switch
        {
            ForecastDistributionKind.Gaussian => Gaussian(values, own[0], Positive(own[1])),
            ForecastDistributionKind.StudentT => StudentT(values - own[0], Positive(own[1]), Softplus(own[2]).Add(DistributionDecoding.LeastDegrees)),
            ForecastDistributionKind.MixtureOfGaussians => Mixture(values, own),
            ForecastDistributionKind.Poisson => Poisson(Counts(values, batch), CountMean(own[0], batch)),
            _ => NegativeBinomial(Counts(values, batch), CountMean(own[0], batch), Positive(own[1])),
        };
        return loss.masked_select(known);
    }

    /// <summary>The standardised mean of each step and target: [.., horizon · targets].</summary>
    public Tensor Mean(Tensor output, Batch batch)
    {
        Tensor mean = Steps(output, decoding.Parameters).select(-2, 0);
        if (decoding.IsOfCounts)
        {
            (Tensor level, Tensor scale) = Units(batch, mean);
            mean = (CountMean(mean.to(ScalarType.Float64), batch) - level) / scale;
        }

        return mean.reshape(batch.Target.shape).to(output.dtype);
    }

    private static Tensor Gaussian(Tensor value, Tensor mean, Tensor deviation) =>
        ((value - mean) / deviation).Square().Div(2).Add(deviation.log()).Add(0.5 * Math.Log(2 * Math.PI));

    private static Tensor StudentT(Tensor error, Tensor scale, Tensor degrees)
    {
        Tensor more = degrees.Add(1).Div(2), spread = ((error / scale).Square() / degrees).log1p();
        return (degrees.Div(2).lgamma() - more.lgamma()).Add(degrees.Mul(Math.PI).log().Div(2)).Add(scale.log()).Add(more * spread);
    }

    // Bishop 1994, equation 29: −ln Σ w φ, by logarithms.
    private Tensor Mixture(Tensor value, Tensor[] own)
    {
        Tensor All(int place, Func<Tensor, int, Tensor> of) =>
            stack(Enumerable.Range(0, decoding.Components).Select(i => of(own[1 + DistributionDecoding.OfComponent * i + place], i)), -1); // [.., H, K, C]
        Tensor weights = All(0, (weight, _) => weight).log_softmax(-1), offsets = All(1, (offset, i) => offset.Add(decoding.Spread(i)));
        Tensor means = own[0].unsqueeze(-1).Add(offsets) - (weights.exp() * offsets).sum(-1, keepdim: true);
        return (weights - Gaussian(value.unsqueeze(-1), means, All(2, (deviation, _) => Positive(deviation)))).logsumexp(-1).neg();
    }

    private static Tensor Poisson(Tensor count, Tensor mean) => (mean - count * mean.log()).Add(count.Add(1).lgamma());

    // DeepAR (Salinas et al. 2020), section 3.1, with the variance μ + α μ².
    private static Tensor NegativeBinomial(Tensor count, Tensor mean, Tensor shape)
    {
        Tensor size = shape.reciprocal(), product = shape * mean, all = product.log1p();
        return (size.lgamma() - size.Add(count).lgamma()).Add(count.Add(1).lgamma()).Add(size * all) - count * (product.log() - all);
    }

    private static Tensor Positive(Tensor number) => Softplus(number).Add(DistributionDecoding.Floor);

    // ln(1 + e^x), without overflow.
    private static Tensor Softplus(Tensor x) => x.relu().Add(x.abs().neg().exp().log1p());

    private static Tensor Counts(Tensor values, Batch batch)
    {
        (Tensor level, Tensor scale) = Units(batch, values);
        // Rounding of the standardised value must not make a 0 negative.
        return (values * scale).Add(level).ClampMin(0);
    }

    // Softplus may underflow to 0, which has no logarithm.
    private static Tensor CountMean(Tensor number, Batch batch)
    {
        (Tensor level, Tensor scale) = Units(batch, number);
        return Softplus((number * scale).Add(level)).ClampMin(DistributionDecoding.LeastMean);
    }

    // Mean and deviation of each row: [B, K] → [B, 1, …, K]
    private static (Tensor Level, Tensor Scale) Units(Batch batch, Tensor like)
    {
        Tensor units = batch.Units!.to(ScalarType.Float64);
        long[] shape = [units.shape[0], .. Enumerable.Repeat(1L, like.shape.Length - 2), units.shape[2]];
        return (units.select(1, 0).reshape(shape), units.select(1, 1).reshape(shape));
    }

    // [.., H·P·K] → [.., H, P, K]
    private Tensor Steps(Tensor values, int numbers) => values.view([.. values.shape[..^1], horizon, numbers, decoding.Targets]);
}
