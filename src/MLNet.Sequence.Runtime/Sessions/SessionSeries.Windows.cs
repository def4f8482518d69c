using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Sessions;

internal sealed partial class SessionSeries
{
    // The window before the first step of the series. Windows are filled, so no state is stepped.
    private void Pad()
    {
        double[] row = _task!.PaddingRow(_values);
        if (IsKnown)
            _scaling!.Apply(row, _input);
        for (int step = 0; step < _context; step++)
        {
            if (IsKnown)
                Append(_input, State);
            else
                Append<double>(row, Raw);
        }
    }

    // A series that was not in training: its state begins when its first context, and so its scaling, is known.
    private void TakeFirst()
    {
        _values.CopyTo(Raw[(int)((Count - 1) * _values.Length)..]);
        if (Count < _context)
            return;
        double[] first = Raw.ToArray();
        for (int at = 0; at < first.Length; at += _values.Length)
        {
            first.AsSpan(at, _values.Length).CopyTo(_values);
            TakeScaled();
        }
    }

    // A series that was not in training is scaled by its window, as in batch scoring.
    private void TakeWindow()
    {
        Append(_values, Raw);
        if (!IsReady)
            return;
        _scaling = null;
        ReadOnlySpan<float> rows = Window(), beside = Beside(), window = Past(rows);
        if (!_fills && !_model.CertificateCovers(window[^_past..], beside))
            Outside++;
        Run(window, beside);
    }

    private float[] Window()
    {
        if (_window.Length == 0)
            _window = new float[Raw.Length];
        if (Scaling() is { } scaling)
        {
            scaling.Apply(scaling.Differences?.Of(Raw, _values.Length) ?? Raw, _window);
            scaling.Differences?.Begin(_window, _values.Length, scaling);
        }

        return _window;
    }
}
