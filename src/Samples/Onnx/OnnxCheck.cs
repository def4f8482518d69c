namespace MLNet.Sequence.Samples.Onnx;

/// <summary>How much an exported model differs from the library.</summary>
/// <param name="Largest">The largest difference, in the output's units.</param>
/// <param name="Relative">The largest difference divided by the largest magnitude of the output.</param>
/// <param name="Shapes">The input and the output that were compared, with their shapes.</param>
internal sealed record OnnxDifference(double Largest, double Relative, string Shapes)
{
    /// <param name="expected">The values of the library.</param>
    /// <param name="found">Those of ONNX Runtime.</param>
    /// <param name="session">The model.</param>
    /// <param name="names">The input and the output that were compared.</param>
    public static OnnxDifference Of(float[] expected, float[] found, OnnxSession session, (string Input, string Output) names)
    {
        double largest = expected.Zip(found, (one, other) => Math.Abs((double)one - other)).Max();
        string Shape(string name, IReadOnlyDictionary<string, Microsoft.ML.OnnxRuntime.NodeMetadata> of) =>
            $"{name} [{string.Join(", ", of[name].Dimensions.Zip(of[name].SymbolicDimensions, (size, symbol) => size < 0 ? symbol : $"{size}"))}]";
        return new OnnxDifference(
            largest, largest / expected.Max(Math.Abs), $"{Shape(names.Input, session.Inputs)} → {Shape(names.Output, session.Outputs)}");
    }
}

/// <summary>Compares the outputs of an exported model in ONNX Runtime with those of the library, in plain C#.</summary>
internal sealed class OnnxCheck
{
    private readonly SequenceModel _model;
    private readonly CheckSequences _sequences;
    private readonly float[][] _expected;

    public OnnxCheck(SequenceModel model, CheckSequences sequences, string? series)
    {
        (_model, _sequences) = (model, sequences);
        _expected = [.. sequences.Rows.Select(row => model.Task.Series is null ? model.Predict(row) : model.Forecast(row, series))];
    }

    private string Output => _model.Task.Prediction.Name;

    /// <summary>A model of whole sequences, all of them in one run.</summary>
    public OnnxDifference Whole(string path)
    {
        using var session = new OnnxSession(path);
        float[] all = [.. _sequences.Rows.SelectMany(row => row)];
        return Compare(session, "Sequence", session.Run(Tensor("Sequence", all, _sequences.Rows.Count, _sequences.Steps)));
    }

    /// <summary>A model of one step: the sequences run as parallel streams, and are compared after their last step.</summary>
    public OnnxDifference Steps(string path)
    {
        using var session = new OnnxSession(path);
        int rows = _sequences.Rows.Count, width = CheckSequences.Width(_model.Task);
        var stream = new OnnxStream(session, rows);
        Dictionary<string, OnnxTensor> outputs = [];
        for (int step = 0; step < _sequences.Steps; step++)
            outputs = stream.Step(Tensor("Step", [.. _sequences.Rows.SelectMany(row => row[(step * width)..((step + 1) * width)])], rows));
        return Compare(session, "Step", outputs);
    }

    // Numbers have a last dimension of features; tokens have none.
    private OnnxTensor Tensor(string name, float[] values, params long[] shape) => _model.Task.RowInput?.Tokens is null
        ? new OnnxTensor(name, values, [.. shape, CheckSequences.Width(_model.Task)])
        : new OnnxTensor(name, Array.ConvertAll(values, token => (long)token), shape);

    private OnnxDifference Compare(OnnxSession session, string input, Dictionary<string, OnnxTensor> outputs)
    {
        float[] found = outputs[Output].Floats;
        // If each step has an output, a stream ends with the output of the last step.
        float[] expected = [.. _expected.SelectMany(row => row[^(found.Length / _expected.Length)..])];
        return OnnxDifference.Of(expected, found, session, (input, Output));
    }
}
