using MLNet.Sequence.Networks;
using MLNet.Sequence.Onnx;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Tests.Torch;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Tests.Networks;

/// <summary>The same plans in ONNX Runtime, each input by name.</summary>
public abstract partial class PlanContract
{
    private static double[] Onnx(PlanCase @case, SequenceBatch past, SequenceBatch beside)
    {
        using OnnxSession session = Open(@case, step: false);
        OnnxTensor sequence = new("past", past.Floats, past.Rows, past.Steps, past.Channels);
        return Close.Doubles(session.Run([sequence, .. Named(@case, beside)])["Output"].Floats);
    }

    private static double[] OnnxSteps(PlanCase @case, SequenceBatch past, SequenceBatch beside)
    {
        using OnnxSession session = Open(@case, step: true);
        var stream = new OnnxStream(session, rows: 1);
        double[] output = [];
        for (int step = 0; step < past.Steps; step++)
        {
            var present = new OnnxTensor("past", past.Floats[(step * past.Channels)..((step + 1) * past.Channels)], 1, past.Channels);
            output = Close.Doubles(stream.Step([present, .. Named(@case, beside)])["Output"].Floats);
        }

        return output;
    }

    private static IEnumerable<OnnxTensor> Named(PlanCase @case, SequenceBatch beside)
    {
        int place = 0;
        foreach (NetworkInput input in @case.Plan.Beside)
        {
            int values = @case.ValuesOf(input), from = place;
            float[] own = [.. Enumerable.Range(0, beside.Rows).SelectMany(row => beside.Row(row).Floats[from..(from + values)])];
            place += values;
            yield return input.Coverage == StepCoverage.Horizon
                ? new OnnxTensor(input.Name, own, beside.Rows, values / input.Size, input.Size)
                : new OnnxTensor(input.Name, own, beside.Rows, input.Size);
        }
    }

    private static OnnxSession Open(PlanCase @case, bool step)
    {
        NetworkPlan plan = @case.Plan;
        var graph = new OnnxGraph("test");
        OnnxValue past = step
            ? graph.Input("past", DataType.Float, "", "batch", plan.InputSize)
            : graph.Input("past", DataType.Float, "", "batch", "time", plan.InputSize);
        var pass = new OnnxPass
        {
            State = step ? new OnnxState(graph) : null,
            Beside = plan.Beside.ToDictionary(input => input.Name, input => input.Coverage == StepCoverage.Horizon
                ? graph.Input(input.Name, DataType.Float, "", "batch", plan.IsOpen ? "steps" : plan.Horizon, input.Size)
                : graph.Input(input.Name, DataType.Float, "", "batch", input.Size)),
        };
        graph.Output("Output", new OnnxPlan(plan, @case.RandomWeights()).Apply(past, pass),
            (DataType.Float, "", plan.IsOpen ? ["batch", "steps", plan.OutputSize] : ["batch", plan.OutputSize]));
        pass.State?.WriteOutputs();
        using var file = new MemoryStream();
        new OnnxFile(graph, new Dictionary<string, string>()).Write(file, long.MaxValue);
        return OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
    }
}
