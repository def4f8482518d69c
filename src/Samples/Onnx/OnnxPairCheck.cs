using MLNet.Sequence.Generation;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Samples.Onnx;

/// <summary>Compares the two graphs of a model of pairs in ONNX Runtime with the library, in plain C#: the encoder, and targets step by step.</summary>
internal sealed class OnnxPairCheck(SequenceModel model, CheckSequences sequences)
{
    // A target is compared up to this number of steps.
    private const int MostSteps = 20;

    private int Width => model.Network.OutputSize;

    public OnnxDifference Encoder(string path)
    {
        using var session = new OnnxSession(path);
        // One encoder, as all encoder–decoders of the library have.
        NetworkPlan plan = model.Network.Encoder(model.Network.Encoded.Single())!;
        var weights = new Weights();
        foreach (WeightSpec spec in plan.AllWeights())
            weights.Add(model.Weights[spec.Name]);
        var encoder = new ManagedNetwork(plan, weights);
        return OnnxDifference.Of(
            [.. sequences.Rows.SelectMany(row => encoder.Run(Seen(row)))], [.. sequences.Rows.SelectMany(row => session.Run(Source(row))["Memory"].Floats)],
            session, ("Sequence", "Memory"));
    }

    public OnnxDifference Decoder(string encoderPath, string path)
    {
        using OnnxSession encoder = new(encoderPath), session = new(path);
        List<float> expected = [], found = [];
        foreach (float[] row in sequences.Rows)
        {
            OnnxTensor memory = encoder.Run(Source(row))["Memory"];
            var stream = new OnnxStream(session, rows: 1);
            if (model.Task.TargetNumbers is { } numbers)
                AddNumbers(numbers, row, input => stream.Step(input, memory), (expected, found));
            else
                AddTokens(row, input => stream.Step(input, memory), (expected, found));
        }

        return OnnxDifference.Of([.. expected], [.. found], session, ("Step", model.Task.TargetNumbers is null ? "LogProbabilities" : "Next"));
    }

    private void AddTokens(float[] row, Func<OnnxTensor, Dictionary<string, OnnxTensor>> step, (List<float> Expected, List<float> Found) all)
    {
        StepStream plain = TargetPrediction.Start(model, Seen(row));
        for (int token = Width - 1, count = 0; count < MostSteps; count++)
        {
            Dictionary<string, OnnxTensor> outputs = step(new OnnxTensor("Step", new[] { (long)token }, 1));
            double total = Logits.LogSumExp(plain.Output);
            all.Expected.AddRange(plain.Output.ToArray().Select(logit => (float)(logit - total)));
            all.Found.AddRange(outputs["LogProbabilities"].Floats);
            token = (int)((long[])outputs["Next"].Values)[0];
            if (token == Width - 1)
                break;
            plain.Feed(token);
        }
    }

    private void AddNumbers(
        TargetNumbers numbers, float[] row, Func<OnnxTensor, Dictionary<string, OnnxTensor>> step, (List<float> Expected, List<float> Found) all)
    {
        all.Expected.AddRange(model.PredictNumbers(Forecaster.Wide(row), MostSteps).Select(value => (float)value));
        float[] before = [.. numbers.Scaling.Mean.Select(mean => (float)mean)];
        for (int count = 0; count < MostSteps; count++)
        {
            before = step(new OnnxTensor("Step", before, 1, Width))["Next"].Floats;
            all.Found.AddRange(before);
        }
    }

    private float[] Seen(float[] row) => Predictor.Prepare(model, Forecaster.Wide(row));

    private OnnxTensor Source(float[] row) => model.Task.RowInput!.Tokens is null
        ? new OnnxTensor("Sequence", row, 1, sequences.Steps, CheckSequences.Width(model.Task))
        : new OnnxTensor("Sequence", Array.ConvertAll(row, token => (long)token), 1, sequences.Steps);
}
