using System.Numerics.Tensors;

namespace MLNet.Sequence.Sessions;

internal sealed partial class SessionSeries
{
    public void Step(ReadOnlySpan<float> values, ReadOnlySpan<float> future, Span<float> output)
    {
        for (int i = 0; i < values.Length; i++)
            _values[i] = values[i];
        for (int i = 0; i < future.Length; i++)
            _future[i] = future[i];
        if (Bounds is not null)
        {
            TensorPrimitives.ConvertTruncating(Bounded(), output);
        }
        else if (Advance())
        {
            _output.CopyTo(output);
            _decoding.Apply(output, _scaling!);
        }
        else
        {
            output.Fill(float.NaN);
        }
    }

    public void Step(ReadOnlySpan<double> values, ReadOnlySpan<double> future, Span<double> output)
    {
        values.CopyTo(_values);
        future.CopyTo(_future);
        if (Bounds is not null)
            Bounded().CopyTo(output);
        else
            Decode(Advance(), output);
    }

    /// <summary>
    /// A forecaster's last forecast, the row of the last step, and the known inputs of the steps ahead; null: no step was taken since the state was
    /// restored.
    /// </summary>
    public (double[] Forecast, double[] Row, double[] Ahead)? Last()
    {
        if (!_isStepped)
            return null;
        var forecast = new double[_session.OutputSize];
        if (Bounds is not null)
            Bounds.Last.CopyTo(forecast);
        else
            Decode(_hasOutput, forecast);
        return (forecast, [.. _lastRow], [.. _lastAhead]);
    }

    private void Decode(bool hasOutput, Span<double> output)
    {
        if (hasOutput)
        {
            // Decoding overwrites what it reads.
            _output.CopyTo(_decoded, 0);
            _decoding.Apply(_decoded, output, _scaling!);
        }
        else
        {
            output.Fill(double.NaN);
        }
    }

    private ReadOnlySpan<double> Bounded()
    {
        if (!Advance())
            return Bounds!.Next([], _scaling, _values, Count - 1);
        _output.CopyTo(_decoded, 0);
        return Bounds!.Next(_decoded, _scaling, _values, Count - 1);
    }
}
