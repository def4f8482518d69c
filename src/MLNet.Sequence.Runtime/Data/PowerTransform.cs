using System.Globalization;

namespace MLNet.Sequence;

/// <summary>
/// The power transform of a channel: ((v + c)^λ − 1) / λ, and ln(v + c) with λ = 0, of values v of at least 0 (Box and Cox, "An analysis of
/// transformations", 1964, equations 1 and 2). Its inverse is at least 0, and exact for values of at least <see cref="Least"/> − c: a smaller one is read as
/// that, and comes back as it.
/// </summary>
/// <param name="Lambda">λ, from 0 to 2. A negative power would have a pole: forecasts near it would be arbitrarily large.</param>
/// <param name="Shift">c, at least 0, in the data's units; half of the smallest training value above 0 if there is a zero among them, else 0.</param>
/// <param name="Least">
/// The smallest v + c that is transformed, above 0: half of the smallest training value above 0. What is smaller is read as it. If the training
/// values have a zero, c is the same number, so only negative values are smaller. If they have none, c is 0, and every value below half of the smallest
/// training value counts as that half, a zero in scoring too.
/// </param>
public sealed record PowerTransform(double Lambda, double Shift, double Least)
{
    /// <summary>The largest power.</summary>
    internal const double MostLambda = 2;

    /// <summary>ln(1 + v).</summary>
    internal static PowerTransform Log1p { get; } = new(0, 1, 1);

    /// <summary>The power 1, which leaves differences and zeros as they are: for a target without any value in training.</summary>
    internal static PowerTransform None { get; } = new(1, 0, 1e-30);

    /// <summary>The transform with a power, for values of a channel.</summary>
    /// <param name="lambda">The power.</param>
    /// <param name="values">The known values; at least one. A zero, which has no logarithm, shifts all by half of the smallest value above 0.</param>
    /// <param name="otherwise">The smallest value to transform if no value is above 0.</param>
    internal static PowerTransform Of(double lambda, ReadOnlySpan<double> values, double otherwise)
    {
        double smallest = double.PositiveInfinity;
        bool hasZero = false;
        foreach (double value in values)
        {
            hasZero |= value <= 0;
            smallest = value > 0 ? Math.Min(smallest, value) : smallest;
        }

        double least = double.IsFinite(smallest) && smallest / 2 > 0 ? smallest / 2 : otherwise;
        return new PowerTransform(lambda, hasZero ? least : 0, least);
    }

    /// <summary>The transformed value; NaN stays NaN.</summary>
    internal double Apply(double value)
    {
        double logarithm = Math.Log(Math.Max(value + Shift, Least));
        return Lambda == 0 ? logarithm : (Math.Exp(Lambda * logarithm) - 1) / Lambda;
    }

    /// <summary>The value of a transformed one.</summary>
    internal double Undo(double transformed)
    {
        if (Lambda == 0)
            return Math.Max(0, Math.Exp(transformed) - Shift);
        return Math.Max(0, Math.Pow(Math.Max(0, Lambda * transformed + 1), 1 / Lambda) - Shift);
    }

    /// <summary>The problems of a transform that a file describes, one sentence each.</summary>
    internal IEnumerable<string> Problems(string name)
    {
        if (!(Lambda >= 0 && Lambda <= MostLambda && Shift >= 0 && Least > 0 && double.IsFinite(Shift) && double.IsFinite(Least)))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"The {name} has a power transform with the power {Lambda}, the shift {Shift} and the "
                + $"smallest value {Least}; expected a power from 0 to {MostLambda}, a finite shift of at least 0 and a finite value above 0.");
        }
    }
}
