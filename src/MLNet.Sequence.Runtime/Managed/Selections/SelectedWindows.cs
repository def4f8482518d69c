namespace MLNet.Sequence.Managed;

/// <summary>
/// Runs of an inner layer over steps of the input of its own, such as the window of each wanted step, or the patches of one phase. Its input at a step
/// is one or several rows, one after the other; rows before the start of the sequence are zeros.
/// </summary>
internal sealed class SelectedWindows : ISelectedLayer
{
    private readonly (ISelectedLayer Layer, int[] Rows, int[] Outputs)[] _runs;
    private readonly int _inputs, _inner, _outputs, _most;

    /// <param name="runs">
    /// Each run's layer; the steps of the input that become its rows, below 0 where there is none; and the places of its output among the wanted steps.
    /// </param>
    /// <param name="width">Channels of the input.</param>
    /// <param name="layer">The inner layer.</param>
    public SelectedWindows((ISelectedLayer Layer, int[] Rows, int[] Outputs)[] runs, int width, IManagedLayer layer)
    {
        int[] reads = Reads = [.. runs.SelectMany(run => run.Rows).Where(step => step >= 0).Distinct().Order()];
        _runs = Array.ConvertAll(runs, run => (run.Layer, Array.ConvertAll(run.Rows, step => step < 0 ? -1 : Array.BinarySearch(reads, step)), run.Outputs));
        (_inputs, _outputs, _inner) = (width, layer.OutputSize, _runs.Max(run => run.Rows.Length) * width);
        _most = _runs.Max(run => run.Outputs.Length) * _outputs;
        WorkSize = _inner + _most + _runs.Max(run => run.Layer.WorkSize);
    }

    public int[] Reads { get; }

    public int WorkSize { get; }

    public void Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work)
    {
        foreach ((ISelectedLayer layer, int[] rows, int[] outputs) in _runs)
        {
            Span<float> given = work[..(rows.Length * _inputs)], result = work.Slice(_inner, outputs.Length * _outputs);
            for (int i = 0; i < rows.Length; i++)
            {
                Span<float> row = given.Slice(i * _inputs, _inputs);
                if (rows[i] < 0)
                    row.Clear();
                else
                    input.Slice(rows[i] * _inputs, _inputs).CopyTo(row);
            }

            layer.Run(given, result, work[(_inner + _most)..]);
            for (int i = 0; i < outputs.Length; i++)
                result.Slice(i * _outputs, _outputs).CopyTo(output[(outputs[i] * _outputs)..]);
        }
    }
}
