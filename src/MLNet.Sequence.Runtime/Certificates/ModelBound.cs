using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Certificates;

/// <summary>The bounds of a model's network, with its outputs in the units of the task.</summary>
internal sealed class ModelBound
{
    private readonly LayerBound _root;
    private readonly double[] _units;
    private readonly double _most;
    private readonly int _inputs;

    private ModelBound(SequenceModel model, ValueRange[] inputs)
    {
        _inputs = inputs[0].Count;
        _root = PlanBound.Of(model.Network, inputs, new BoundedNetwork(model.Weights, Shown(model)));
        (_units, _most) = (Units(model, _root.Output.Count), model.Decoding.Most);
        Slowest = _root.Recurrent().MaxBy(state => state.Lambda);
        // A node that two others read is visited twice.
        Obstacles = [.. _root.Obstacles().Distinct()];
        if (Obstacles.Count == 0 && Slowest is not null && !double.IsFinite(Lipschitz()))
            Obstacles = ["no bound is known for the layers that follow the recurrent ones"];
    }

    /// <summary>Why nothing is proved; empty if something is.</summary>
    public IReadOnlyList<string> Obstacles { get; }

    /// <summary>The recurrent layer with the largest factor; null if there is none.</summary>
    public EndlessState? Slowest { get; }

    /// <summary>Whether only inputs within the range of training are covered.</summary>
    public bool AssumesRange { get; private init; }

    /// <summary>The number of steps that a model always sees; null: any number.</summary>
    public static int? Shown(SequenceModel model) => model.Task.Series is { CarriesState: false } task ? task.Context : null;

    /// <summary>
    /// The number of last steps that an output depends on; null: unbounded. Level and scale of a window are not counted; they read all of it.
    /// </summary>
    public static int? Reads(SequenceModel model) =>
        Least(Rows(model, model.Network.InnerReceptiveField), Shown(model));

    /// <summary>The number of last rows that this many last steps of the network's input depend on.</summary>
    public static int? Rows(SequenceModel model, int? steps) => steps + Lag(model);

    /// <summary>The rows before a step that the network's input of that step depends on too: those of its difference.</summary>
    public static int Lag(SequenceModel model) => model.Task.Series?.Differencing?.Lag ?? 0;

    /// <summary>The smaller of two; null: unbounded.</summary>
    public static int? Least(int? one, int? other) => one is { } first && other is { } second ? Math.Min(first, second) : one ?? other;

    /// <summary>Bounds for all inputs, or, if these prove nothing, for inputs within the range of training.</summary>
    public static ModelBound Of(SequenceModel model)
    {
        var all = new ModelBound(model, [.. model.Network.Inputs.Select(input => ValueRange.Unknown(input.Size))]);
        if (all.Obstacles.Count == 0 || model.InputRange is not { } range)
            return all;
        return new ModelBound(model, [.. model.Network.Inputs.Select(input => Known(input, model.Network, range))]) { AssumesRange = true };
    }

    // From the channels of a row: the past, whose last channels are also known ahead, and after it the static values.
    private static ValueRange Known(NetworkInput input, NetworkPlan plan, InputRange range)
    {
        int first = input.Coverage switch
        {
            StepCoverage.Past => 0,
            StepCoverage.Horizon => plan.InputSize - input.Size,
            _ => plan.InputSize,
        };
        double[] Part(ValueList<float> values) => [.. values.Skip(first).Take(input.Size).Select(value => (double)value)];
        return new ValueRange(Part(range.Low), Part(range.High));
    }

    /// <summary>
    /// A bound on the difference of the output after each further step of a window, from its first on, if the steps before the window are not known.
    /// </summary>
    public Func<double> Errors()
    {
        DifferenceStep step = _root.Start(Past.Unknown);
        var same = Difference.None(_inputs);
        return () => Math.Min(InUnits(step(same)), _most);
    }

    /// <summary>A bound on the difference of the output if the states of <see cref="Slowest"/> differ by 1.</summary>
    public double Lipschitz() => InUnits(_root.Start(new Past(Open: false, new Probe(Slowest!.Layer, 1, Fades: false)))(Difference.None(_inputs)));

    /// <summary>The layers with a state of unbounded memory.</summary>
    public IEnumerable<RecurrentBound> Recurrent => _root.Recurrent().Select(state => state.Layer);

    /// <summary>
    /// Bounds on the derivatives of the network's outputs by the state of a layer, in each unit of its Euclidean norm: those by its state of the same
    /// step, then of one step before, and so on.
    /// </summary>
    public Func<double[]> Derivatives(RecurrentBound layer)
    {
        // Small enough that no difference is cut at the width of a range, which bounds no derivative.
        const double size = 1e-9;
        DifferenceStep step = _root.Start(new Past(Open: false, new Probe(layer, size, Fades: true)));
        var same = Difference.None(_inputs);
        double perUnit = layer.Norm.PerEuclidean;
        return () => [.. step(same).Channels.ToArray().Select(difference => Outward.Up(difference / size * perUnit))];
    }

    private double InUnits(Difference output)
    {
        double most = 0;
        for (int i = 0; i < output.Count; i++)
            most = Math.Max(most, Outward.Times(output.Channels[i], _units[i]));
        return Outward.Up(most);
    }

    // A bound on the change of the task's output, over all series, if the network's output changes by 1.
    private static double[] Units(SequenceModel model, int outputs)
    {
        ValueDecoding decoding = model.Decoding;
        return [.. Enumerable.Range(0, outputs).Select(output =>
            decoding.Slope * model.Scaling.BySeries.Values.Prepend(model.Scaling.Pooled).Max(scaling => decoding.Deviation(scaling, output)))];
    }
}
