using MLNet.Sequence.Data;

namespace MLNet.Sequence.Scoring;

/// <summary>Runs the network on sequences of any lengths, those of similar length together.</summary>
internal sealed class SequenceScorer(NetworkScorer network, SequenceModel model, RowDecoder decoder)
{
    // Limits of a pass of the network: rows, steps with padding, and values of steps in its output. A single row may exceed
    // them.
    private const int Rows = 64, Steps = 1 << 16, Values = 1 << 24;

    private readonly int _features = decoder.Input.RowSize, _channels = model.Task.InputSize, _apart = model.Network.BesideSize;
    private readonly StepEncoding _encoding = decoder.Input.Encoding(model.Scaling.Pooled);

    private readonly long _steps = Math.Min(Steps, Values / Math.Max(1, decoder.StepOutputs));

    /// <summary>The output of each sequence.</summary>
    public float[][] Score(IReadOnlyList<double[]> sequences)
    {
        var output = new float[sequences.Count][];
        Array.Fill(output, decoder.Empty);
        int[] order = [.. Enumerable.Range(0, sequences.Count).Where(row => sequences[row].Length > 0).OrderBy(row => sequences[row].Length)];
        for (int start = 0; start < order.Length;)
        {
            int count = 1;
            while (count < Rows && start + count < order.Length && (count + 1L) * Length(sequences[order[start + count]]) <= _steps)
                count++;
            Score(sequences, order.AsSpan(start, count), output);
            start += count;
        }

        return output;
    }

    private void Score(IReadOnlyList<double[]> sequences, ReadOnlySpan<int> rows, float[][] output)
    {
        int steps = Length(sequences[rows[^1]]);
        var input = new float[rows.Length * steps * _channels];
        var beside = new float[rows.Length * _apart];
        var lengths = new long[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            double[] sequence = sequences[rows[i]];
            lengths[i] = Length(sequence);
            Encode(sequence, input.AsSpan(i * steps * _channels, (int)lengths[i] * _channels), beside.AsSpan(i * _apart, _apart));
        }

        float[] scores = network.Score(input, rows.Length, lengths[0] == steps ? null : lengths, _apart == 0 ? null : beside);
        int size = scores.Length / rows.Length;
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<float> seen = input.AsSpan(i * steps * _channels, (int)lengths[i] * _channels);
            output[rows[i]] = decoder.Decode(scores.AsSpan(i * size, size), seen);
        }
    }

    // What is the same at all steps is an input of its own.
    private void Encode(double[] sequence, Span<float> past, Span<float> beside)
    {
        if (_apart == 0)
        {
            _encoding.Apply(sequence, past);
            return;
        }

        var rows = new float[sequence.Length];
        _encoding.Apply(sequence, rows);
        StepConditions.Split(rows, past, beside);
    }

    private int Length(double[] sequence) => sequence.Length / _features;
}
