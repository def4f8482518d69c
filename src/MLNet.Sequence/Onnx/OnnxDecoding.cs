using MLNet.Sequence.Tasks;
using static MLNet.Sequence.Onnx.OnnxAttribute;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>An output of a task as a value: of rows [B, …], of steps [B, T, …].</summary>
internal sealed record OnnxOutput(TaskOutput Of, OnnxValue Value, DataType Type);

/// <summary>The outputs of a model's task, computed from the output of the network.</summary>
/// <param name="model">The model.</param>
/// <param name="network">The input of the network, standardised, and its output.</param>
/// <param name="scaling">Gives the scaling of the channels.</param>
/// <param name="pass">Whether the input is whole sequences or one step.</param>
internal sealed class OnnxDecoding(SequenceModel model, (OnnxValue Input, OnnxValue Output) network, Func<OnnxScaling> scaling, OnnxPass pass)
{
    private readonly SequenceTask _task = model.Task;

    // For the row, or for each of its steps.
    private readonly OnnxValue _said = model.Task.Answered == Answered.LastStep && pass.State is null ? OnnxLastStep.At(network.Output, pass) : network.Output;
    private readonly OnnxTagChain? _chain = ChainOf(model, network.Output, pass);

    /// <exception cref="NotSupportedException">An output cannot be exported to ONNX, or not step by step.</exception>
    public IEnumerable<OnnxOutput> Outputs() => _task.Outputs
        // For one step there is no next value to compare with.
        .Where(output => pass.State is null || output.Decoding is not LossDecoding)
        .Select(output => output.Decoding switch
        {
            ValueDecoding decoding => new OnnxOutput(output, Values(output, decoding), DataType.Float),
            BandDecoding band => new OnnxOutput(output, Band(output, band), DataType.Float),
            LikeliestDecoding => new OnnxOutput(output, _chain?.Best() ?? Likeliest(_said), DataType.Int64),
            YesDecoding => new OnnxOutput(output, Shaped(_said, output).Op("Greater", _said.Graph.Constant(0f)), DataType.Bool),
            LossDecoding => new OnnxOutput(output, Loss(), DataType.Float),
            _ => throw new NotSupportedException($"{output.Decoding.GetType().Name} cannot be exported to ONNX."),
        });

    private static OnnxTagChain? ChainOf(SequenceModel model, OnnxValue scores, OnnxPass pass)
    {
        if (model.Task.ChainPath is not { } path)
            return null;
        return pass.State is null
            ? new OnnxTagChain(new OnnxWeights(model.Weights, path), scores, model.Network.OutputSize, pass.Lengths)
            : throw new NotSupportedException("The tags of a sequence are chosen together, also from later steps, and cannot be decoded step by step: run "
                + "the whole sequence, or train with Decoding = TagDecoding.Steps.");
    }

    private OnnxValue Values(TaskOutput output, ValueDecoding decoding) => decoding switch
    {
        LogOdds => Shaped(_said, output),
        LogisticDecoding => Shaped(_said, output).Sigmoid(),
        SoftmaxDecoding => _chain?.Marginals() ?? _said.Softmax(-1),
        NumberDecoding numbers => Numbers(output, numbers),
        DistributionDecoding distribution => Parameters(output, distribution),
        _ => throw new NotSupportedException($"{decoding.GetType().Name} cannot be exported to ONNX."),
    };

    // [B, steps · levels · numbers] → [B, steps · levels, numbers], in the numbers' units
    private OnnxValue Numbers(TaskOutput output, NumberDecoding numbers)
    {
        OnnxScaling own = numbers.Labels is { } labels ? OnnxScaling.Of(_said.Graph, labels, "output") : scaling();
        if (output.Shape.Count < 2)
            return Shaped(own.Undo(_said, numbers.Count), output);
        OnnxValue rows = own.Undo(_said.Reshape(0, output.Shape.Take(output.Shape.Count - 1).Aggregate(1, (all, size) => all * size), numbers.Count),
            numbers.Count);
        return numbers.Levels == 1 ? rows : Sorted(rows.Reshape([0, .. output.Shape.Select(size => (long)size)]));
    }

    // [B, steps · numbers · targets] → [B, steps, targets], in the targets' units
    private OnnxValue Band(TaskOutput output, BandDecoding band)
    {
        (int steps, int targets) = (output.Shape[0], output.Shape[1]);
        OnnxValue all = scaling().Undo(_said.Reshape(0, steps * band.All.Levels, targets), targets).Reshape(0, steps, band.All.Levels, targets);
        return Sorted(all).Slice(2, band.Place, band.Place + 1).Squeeze(2);
    }

    // [B, steps · parameters · targets] → [B, steps, parameters, targets], by the formulas of DistributionDecoding
    private OnnxValue Parameters(TaskOutput output, DistributionDecoding decoding)
    {
        (int steps, int count, int targets) = (output.Shape[0], decoding.Parameters, decoding.Targets);
        OnnxScaling own = scaling();
        OnnxValue all = _said.Reshape(0, steps, count, targets);
        if (decoding.Kind == ForecastDistributionKind.MixtureOfGaussians)
            return Mixture(all, own, decoding, steps);
        OnnxValue Part(int parameter)
        {
            OnnxValue numbers = all.Slice(2, parameter, parameter + 1).Reshape(0, steps, targets);
            OnnxValue Positive(double least) => numbers.Op("Softplus") + (float)least;
            OnnxValue part = (parameter, decoding.IsOfCounts) switch
            {
                (0, false) => own.Undo(numbers, targets),
                (0, true) => own.Undo(numbers, targets).Op("Softplus").Op("Max", _said.Graph.Constant((float)DistributionDecoding.LeastMean)),
                (1, false) => own.Scale(Positive(DistributionDecoding.Floor), targets),
                (1, true) => Positive(DistributionDecoding.Floor),
                _ => Positive(DistributionDecoding.LeastDegrees),
            };
            return part.Unsqueeze(2);
        }

        return Enumerable.Range(1, count - 1).Aggregate(Part(0), (parts, parameter) => parts.Concat(2, Part(parameter)));
    }

    // [B, steps, 1 + 3 · components, targets]
    private static OnnxValue Mixture(OnnxValue all, OnnxScaling own, DistributionDecoding decoding, int steps)
    {
        OnnxGraph graph = all.Graph;
        OnnxValue mean = all.Slice(2, 0, 1);
        // Each [B, steps, components, targets].
        OnnxValue[] parts = [.. Enumerable.Range(0, DistributionDecoding.OfComponent).Select(place => Enumerable.Range(0, decoding.Components)
            .Select(i => 1 + DistributionDecoding.OfComponent * i + place).Select(place => all.Slice(2, place, place + 1))
            .Aggregate((before, next) => before.Concat(2, next)))];
        double[] spread = [.. Enumerable.Range(0, decoding.Components).Select(decoding.Spread)];
        OnnxValue weights = parts[0].Softmax(2), offsets = parts[1] + graph.Constant(spread, decoding.Components, 1).Cast(DataType.Float);
        OnnxValue means = mean + offsets - (weights * offsets).Sum(keep: true, 2);
        OnnxValue deviations = parts[2].Op("Softplus") + (float)DistributionDecoding.Floor;
        // The scaling of a window is [B, 1, C]: what it applies to has one axis between rows and targets.
        OnnxValue InUnits(OnnxValue values, int count, Func<OnnxValue, int, OnnxValue> scaled) =>
            scaled(values.Reshape(0, steps * count, decoding.Targets), decoding.Targets).Reshape(0, steps, count, decoding.Targets);
        OnnxValue[] given = [weights, InUnits(means, decoding.Components, own.Undo), InUnits(deviations, decoding.Components, own.Scale)];
        return Enumerable.Range(0, decoding.Components).SelectMany(i => given.Select(part => part.Slice(2, i, i + 1)))
            .Aggregate(InUnits(mean, 1, own.Undo), (before, next) => before.Concat(2, next));
    }

    // The quantiles of each step and target, sorted: [B, H, Q, K]
    private static OnnxValue Sorted(OnnxValue quantiles) =>
        quantiles.Graph.Nodes("TopK", 2, [quantiles, quantiles.Size(2)], Of("axis", 2), Of("largest", 0), Of("sorted", 1))[0];

    // [B, 1] → [B] if the output is one value.
    private static OnnxValue Shaped(OnnxValue value, TaskOutput output) => output.Shape.Count == 0 ? value.Squeeze(1) : value;

    // The index of the largest value; −1 if there is a NaN.
    private static OnnxValue Likeliest(OnnxValue logits)
    {
        OnnxValue place = logits.Graph.Node("ArgMax", [logits], Of("axis", -1), Of("keepdims", 0));
        return logits.Sum(keep: false, -1).Op("IsNaN").Where(logits.Graph.Scalar(-1), place);
    }

    private OnnxValue Loss()
    {
        OnnxValue output = network.Output.Slice(1, 0, -1), target = network.Input.Slice(1, 1); // [B, T, F] → [B, T − 1, F] twice
        OnnxValue loss = _task.NextSteps switch
        {
            StepKind.Token => -output.Graph.Node("GatherElements", [output.LogSoftmax(), target], Of("axis", 2)),
            // −y·ln σ(x) − (1 − y)·ln(1 − σ(x)) = ln(1 + e^x) − x·y
            StepKind.MultiLabel => (output.Op("Softplus") - output * target).Sum(keep: true, 2),
            _ => Square(output - target).Mean(keep: true, 2),
        };
        if (pass.Lengths is { } lengths && (pass with { Lengths = lengths + -1 }).Valid(loss) is { } valid)
            loss = valid.Where(loss, loss.Graph.Constant(0f));
        // For a sequence of one step nothing is predicted: 0 / 0 is NaN.
        return loss.Sum(keep: false, 1, 2) / ((pass.Lengths ?? network.Input.Size(1)) + -1).Cast(DataType.Float);
    }

    private static OnnxValue Square(OnnxValue x) => x * x;
}
