using MLNet.Sequence.Tasks;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>A whole model as a graph: input in the data's units, scaling, network, decoding.</summary>
internal static class OnnxProgram
{
    public static OnnxGraph Build(SequenceModel model, OnnxOptions options)
    {
        var graph = new OnnxGraph(model.Architecture.Name, model.Task.Outputs.Select(output => output.Name));
        var network = new OnnxPlan(model.Network, model.Weights);
        OnnxValue seen = Read(graph, model.Task, options.Mode);
        OnnxWindowGaps? gaps = model.Task.Series is { } series ? new OnnxWindowGaps(series) : null;
        seen = gaps?.Read(seen, 0) ?? seen;
        OnnxState? state = options.Mode == OnnxMode.Step ? new OnnxState(graph) { Step = seen } : null;
        var ahead = new OnnxBeside(graph, model);
        OnnxPass pass = state is not null
            ? new OnnxPass { State = state, Beside = ahead.Values }
            : new OnnxPass { Lengths = options.Lengths ? Lengths(graph, seen, "valid steps of each row, from 1") : null, Beside = ahead.Values };
        // A series that was not in training is scaled by its window, so the window is then needed.
        bool own = !model.Scaling.Knows(options.Series);
        if (state is not null && model.Task.Series is { } forecasting && (own || forecasting.ReadsWindows || !model.Managed.CanStep))
        {
            // A network that reads its window as a whole runs again at each step; the carried state is the window.
            seen = state.Window("window", seen, forecasting.Context - 1, forecasting.PastSize);
            pass = new OnnxPass { Beside = ahead.Values };
        }

        OnnxScaling scaling = own ? OnnxScaling.Of(seen, model)
            : OnnxScaling.Of(graph, model.Scaling[options.Series].First(model.Task.DataChannels - model.Task.SeriesChannels));
        if (model.Task.Series is { Differencing: not null } differenced)
            scaling = scaling with { Differences = new OnnxDifferences(differenced, scaling.Powers?.Apply(seen) ?? seen, model.Scaling[options.Series]) };
        OnnxValue scaled = model.Task.Tokens is not null ? seen : scaling.Apply(seen);
        scaled = gaps?.Fill(scaled) ?? scaled;
        (OnnxValue input, OnnxValue output) = model.Task.Series is { CarriesState: true } carries
            ? (scaled, GoOn(state!, carries, (seen, scaled), network))
            : Run(network, model.Task, scaled, pass);
        if (ahead.Refused is { } missing)
            output += missing;
        foreach (OnnxOutput one in new OnnxDecoding(model, (input, output), () => scaling, pass).Outputs())
            Write(one, steps: one.Of.IsOfEachStep && pass.State is null);
        state?.WriteOutputs();
        return graph;
    }

    /// <summary>What the network sees of standardised steps, or of indices of tokens, and what it gives.</summary>
    public static (OnnxValue Input, OnnxValue Output) Run(OnnxPlan network, SequenceTask task, OnnxValue scaled, OnnxPass pass)
    {
        OnnxGraph graph = scaled.Graph;
        bool tokens = task.Tokens is not null, interpolates = task.RowInput is { MissingValues: MissingValues.Interpolate } && pass.State is null;
        // Padding may hold any values, which are replaced; no gap is bridged to them.
        if (pass.Valid(scaled) is { } valid)
            scaled = valid.Where(scaled, tokens ? graph.Scalar(0) : graph.Constant(interpolates ? float.NaN : 0f));
        if (interpolates)
            scaled = OnnxGaps.Fill(scaled, task.InputSize);
        OnnxValue input = scaled;
        if (task.RowInput is { MissingValues: MissingValues.Mask })
            (scaled, input) = Mask(scaled);
        OnnxValue output = network.Apply(input, pass);
        return (input, pass.State is null && !tokens ? output + Refused(scaled, task) : output);
    }

    /// <summary>The index that the network reads for the index of a token.</summary>
    public static OnnxValue Known(OnnxValue index, TokenInput tokens)
    {
        // Negative indices would count from the end.
        if (tokens.Unknown is not { } unknown)
            return index.Op("Less", index.Graph.Scalar(0)).Where(index.Graph.Scalar(tokens.Count), index);
        OnnxValue known = index.Op("GreaterOrEqual", index.Graph.Scalar(0)).Op("And", index.Op("Less", index.Graph.Scalar(tokens.Count)));
        return known.Where(index, index.Graph.Scalar(unknown));
    }

    private static void Write(OnnxOutput output, bool steps)
    {
        string index = output.Of.Decoding is LikeliestDecoding
            ? $"; its index, from 0, and -1 where there is none{(output.Of.Names is { } names ? $": {string.Join(", ", names.Values)}" : "")}"
            : "";
        object[] shape = [.. steps ? new object[] { "batch", "time" } : ["batch"], .. output.Of.Shape.Cast<object>()];
        output.Value.Graph.Output(output.Of.Name, output.Value, (output.Type, output.Of.Description + index, shape));
    }

    // As in a session: the mean replaces values that are not finite, and there is no forecast until a whole context is finite.
    private static OnnxValue GoOn(OnnxState state, Forecasting task, (OnnxValue Seen, OnnxValue Scaled) step, OnnxPlan network)
    {
        OnnxGraph graph = step.Seen.Graph;
        OnnxValue zero = graph.Constant(0f), context = graph.Constant((float)task.Context);
        // x − x is 0, and NaN where x is not finite.
        OnnxValue finite = (step.Seen - step.Seen).Op("Equal", zero), missing = finite.Where(zero, graph.Constant(1f)).Sum(keep: true, 1); // [B, C] → [B, 1]
        OnnxValue before = state.Take("whole", 1), whole = missing.Op("Equal", zero).Where((before + 1f).AtMost(context), zero);
        state.Put(before, whole);
        OnnxValue output = network.Apply(finite.Where(step.Scaled, zero), new OnnxPass { State = state });
        return whole.Op("Less", context).Where(graph.Constant(float.NaN), output);
    }

    // [B, T, C] or, for one step, [B, C]; for tokens their index.
    public static OnnxValue Read(OnnxGraph graph, SequenceTask task, OnnxMode mode)
    {
        (string name, string meaning, object[] shape) = mode == OnnxMode.Step
            ? ("Step", task.Reads, new object[] { "batch" })
            : ("Sequence", task.Reads + "; oldest step first", ["batch", "time"]);
        // Values of a whole series are a separate input.
        int channels = task.DataChannels - task.SeriesChannels;
        // At least one row, and the steps that are needed for an output.
        long[] least = mode == OnnxMode.Step ? [1] : [1, task.Series?.Context ?? 1];
        if (task.Tokens is { } tokens)
            return Known(graph.Input(name, DataType.Int64, meaning, shape).Filled(least).Unsqueeze(-1), tokens);
        OnnxValue sequence = graph.Input(name, DataType.Float, meaning, [.. shape, channels]).Filled([.. least, channels]);
        return task.Series is { } forecasting && mode == OnnxMode.Sequence ? sequence.Slice(1, -forecasting.Context) : sequence;
    }

    // One length per row. It is looked up in the list of possible lengths, so that any other value is an error.
    public static OnnxValue Lengths(OnnxGraph graph, OnnxValue seen, string meaning)
    {
        OnnxValue given = graph.Input("Lengths", DataType.Int64, meaning, "batch").Op("Reshape", seen.Size(0));
        OnnxValue end = seen.Size(1).Squeeze(0) + 1, numbers = graph.Scalar(0).Op("Range", end, graph.Scalar(1));
        return numbers.Gather(0, given.Op("Greater", graph.Scalar(0)).Where(given, end));
    }

    // The mean replaces a missing value; flags for missing values are appended after all values.
    private static (OnnxValue Seen, OnnxValue Input) Mask(OnnxValue scaled)
    {
        OnnxValue missing = scaled.Op("IsNaN"), seen = missing.Where(scaled.Graph.Constant(0f), scaled);
        return (seen, seen.Concat(-1, missing.Cast(DataType.Float)));
    }

    // x − x is 0, and NaN where x is not finite: a row with such a value gets NaN, not a number that looks valid.
    private static OnnxValue Refused(OnnxValue sequence, SequenceTask task)
    {
        OnnxValue perRow = (sequence - sequence).Sum(keep: true, 1, 2); // [B, T, C] → [B, 1, 1]
        return task.Answered == Answered.Whole && task.TargetInput is null ? perRow.Squeeze(2) : perRow;
    }
}
