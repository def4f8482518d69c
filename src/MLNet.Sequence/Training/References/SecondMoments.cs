using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Sums of the products of [1, x, y] over all examples, or over their steps with a target; x are the features and y the targets. This is
/// all that is needed for least squares and for the mean squared error of any linear map. In double, on the CPU.
/// </summary>
/// <param name="Sums">[1 + p + m, 1 + p + m], divided by the weight of the examples.</param>
/// <param name="Weight">The weight of the examples.</param>
/// <param name="Features">p.</param>
/// <param name="Known">Which of the m targets are defined.</param>
internal sealed record SecondMoments(Tensor Sums, double Weight, int Features, Tensor Known)
{
    private const double Noise = 1e-12;

    /// <summary>The mean square of the unit of errors, by which a mean squared error is multiplied to be one of the series; 1 without units.</summary>
    public double Unit { get; init; } = 1;

    /// <summary>
    /// One for all outputs, or one for each target if its windows are divided by a deviation of their own: errors of each count in its own unit.
    /// </summary>
    /// <inheritdoc cref="Of"/>
    public static SecondMoments[] ByUnit(IBatchSource source, SolvedHead head, int batchSize, Action checkCancelled) =>
        head.Window is { Kind: WindowNormalization.MeanAndDeviation, Targets: > 1 and var targets }
            ? [.. Enumerable.Range(0, targets).Select(target => Of(source, head, batchSize, checkCancelled, target))]
            : [Of(source, head, batchSize, checkCancelled)];

    /// <summary>The caller holds the dispose scope.</summary>
    /// <param name="source">The examples.</param>
    /// <param name="head">The part of the network that computes their features.</param>
    /// <param name="batchSize">Examples per batch.</param>
    /// <param name="checkCancelled">Called before each batch.</param>
    /// <param name="target">The target whose outputs are read; null: all.</param>
    public static SecondMoments Of(IBatchSource source, SolvedHead head, int batchSize, Action checkCancelled, int? target = null)
    {
        using var network = new TorchNetwork(head.Features, source.Channels.Count, CPU);
        int features = head.Features.OutputSize(source.Channels.Count), outputs = target is null ? head.Outputs : head.Outputs / head.Window!.Targets;
        Tensor sums = zeros(1 + features + outputs, 1 + features + outputs, ScalarType.Float64), known = ones(outputs, ScalarType.Bool);
        double weight = 0;
        foreach (long[] examples in source.Order(batchSize, seed: null))
        {
            checkCancelled();
            using var scope = NewDisposeScope();
            (Tensor x, Tensor y, Tensor? weights, Tensor? units) = Rows(source.Load(examples, CPU), head, network, target);
            known.logical_and_(y.isfinite().all(dim: 0));
            Tensor z = cat([HeldNumbers.Full([x.shape[0], 1], 1, ScalarType.Float64, CPU), x, y.nan_to_num()], 1);
            weight += weights is null ? z.shape[0] : weights.sum().item<double>();
            // Errors count in the units of the series, not in those of their window.
            z = units is null ? z : z * units;
            sums.Add_((weights is null ? z : z * weights).t().mm(z));
        }

        double total = sums[0, 0].item<double>();
        return new SecondMoments(sums.Div_(total), weight, features, known) { Unit = total / weight };
    }

    /// <summary>All features [N, p], targets [N, m] and weights [N, 1] of a source; no weights if all are equal.</summary>
    /// <inheritdoc cref="Of"/>
    public static (Tensor X, Tensor Y, Tensor? Weights) All(IBatchSource source, SolvedHead head, int batchSize, Action checkCancelled)
    {
        using var network = new TorchNetwork(head.Features, source.Channels.Count, CPU);
        var all = new List<(Tensor X, Tensor Y, Tensor? Weights)>();
        foreach (long[] examples in source.Order(batchSize, seed: null))
        {
            checkCancelled();
            using var scope = NewDisposeScope();
            (Tensor x, Tensor y, Tensor? weights, _) = Rows(source.Load(examples, CPU), head, network, target: null);
            all.Add((x.MoveToOuterDisposeScope(), y.MoveToOuterDisposeScope(), weights?.MoveToOuterDisposeScope()));
        }

        return (cat([.. all.Select(batch => batch.X)]), cat([.. all.Select(batch => batch.Y)]),
            all[0].Weights is null ? null : cat([.. all.Select(batch => batch.Weights!)]));
    }

    /// <summary>The standard deviation of each feature, [p]; 1 for a constant feature.</summary>
    public Tensor Deviations() =>
        Deviations(Sums.narrow(0, 0, 1).narrow(1, 1, Features).squeeze(0), Sums.narrow(0, 1, Features).narrow(1, 1, Features).diagonal());

    /// <inheritdoc cref="Deviations()" path="/node()[not(self::param)]"/>
    /// <param name="means">The means of the features.</param>
    /// <param name="squares">The means of their squares.</param>
    public static Tensor Deviations(Tensor means, Tensor squares)
    {
        Tensor variance = squares - means.Square();
        // A variance of 0 after rounding errors.
        return variance.MaskedFill(variance.le(squares.Mul(Noise)), 1).sqrt();
    }

    /// <summary>The moments of the features divided by these values, [p].</summary>
    public SecondMoments Over(Tensor deviation)
    {
        Tensor one = ones(1, ScalarType.Float64), factors = cat([one, deviation.reciprocal(), ones(Known.shape[0], ScalarType.Float64)]);
        return this with { Sums = Sums * factors.unsqueeze(0) * factors.unsqueeze(1) };
    }

    /// <summary>The mean squared error of y = b + Wᵀ x for each target, [m].</summary>
    /// <param name="bias">b, [1, m].</param>
    /// <param name="weight">W, [p, m].</param>
    public Tensor Errors(Tensor bias, Tensor weight)
    {
        Tensor map = cat([bias.neg(), weight.neg(), eye(bias.shape[1], dtype: ScalarType.Float64)], 0); // [1 + p + m, m]
        return (map * Sums.mm(map)).sum([0]);
    }

    // The pairs of features [N, p] and targets [N, m], the weight of each pair, [N, 1], null: all equal, and the unit of its errors, [N, 1], null: 1.
    // A window that is divided by its deviation has a unit for each target: then only one target is read.
    private static (Tensor X, Tensor Y, Tensor? Weights, Tensor? Units) Rows(Batch batch, SolvedHead head, TorchNetwork network, int? target)
    {
        Tensor input = batch.Input, level = zeros(1);
        Tensor? scale = null;
        if (head.Window is { } window)
        {
            (level, scale) = new TorchWindowNormalized(window).LevelAndScale(input, batch.Lengths);
            input = scale is null ? input - level : (input - level) / scale;
        }

        Tensor x = network.Forward(input, new TorchPass { Lengths = batch.Lengths }).to_type(ScalarType.Float64), y = batch.Target.to_type(ScalarType.Float64);
        if (x.dim() == 3)
            return (x.flatten(0, 1), y.flatten(0, 1), Valid(batch)?.view(-1, 1), null); // [B, T, ·] → [B · T, ·]
        y = y.view(x.shape[0], -1);
        if (head.Window?.Targets is { } targets)
        {
            (int first, int count) = target is { } one ? (one, 1) : (0, targets);
            y = y.view(x.shape[0], -1, targets).narrow(2, first, count) - level.narrow(2, first, count); // [B, H, K]
            scale = scale?.narrow(2, first, count).to_type(ScalarType.Float64);
            y = (scale is null ? y : y / scale).flatten(1); // [B, H · K]
        }

        return (x, y, batch.RowWeights?.to_type(ScalarType.Float64).view(-1, 1), scale?.view(x.shape[0], 1));
    }

    // 0 for padding: [B] → [B, T]
    private static Tensor? Valid(Batch batch) => batch.Lengths is { } lengths
        ? HeldNumbers.Arange(batch.Input.shape[1], CPU).unsqueeze(0).lt(lengths.unsqueeze(1)).to_type(ScalarType.Float64)
        : null;
}
