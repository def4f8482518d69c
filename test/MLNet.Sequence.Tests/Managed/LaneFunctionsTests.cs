using System.Runtime.Intrinsics;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Tests.Managed;

[TestClass]
public sealed class LaneFunctionsTests
{
    // Both signs, from 2⁻⁶⁰ to 2¹⁰: from where the functions are straight to far beyond where they are constant.
    private static readonly float[] Values = [.. Enumerable.Range(-60, 70).SelectMany(exponent => Enumerable.Range(0, 250)
        .SelectMany(i => new[] { 1f, -1f }.Select(sign => sign * (float)Math.ScaleB(1 + i / 250.0, exponent)))), 0, -0f];

    [TestMethod]
    public void Functions_are_right_to_a_millionth_of_their_value()
    {
        foreach (float x in Values)
        {
            // A sigmoid below the smallest normal float is 0 or near it.
            Check("sigmoid", x, 1 / (1 + Math.Exp(-x)), Sigmoid<OneLane>(x)[0]);
            Check("tanh", x, Math.Tanh(x), Tanh<OneLane>(x)[0]);
            Check("exponential", x, Math.Exp(Math.Clamp(x, -87, 87)), Exponential<OneLane>(x)[0]);
        }
    }

    [TestMethod]
    public void Every_width_has_the_same_bits()
    {
        foreach (float x in Values)
        {
            AssertAll(Sigmoid<OneLane>(x)[0], Sigmoid<SystemLanes>(x));
            AssertAll(Tanh<OneLane>(x)[0], Tanh<SystemLanes>(x));
            AssertAll(Exponential<OneLane>(x)[0], Exponential<SystemLanes>(x));
            if (!Vector512.IsHardwareAccelerated)
                continue;
            AssertAll(Sigmoid<OneLane>(x)[0], Sigmoid<WideLanes>(x));
            AssertAll(Tanh<OneLane>(x)[0], Tanh<WideLanes>(x));
            AssertAll(Exponential<OneLane>(x)[0], Exponential<WideLanes>(x));
        }
    }

    [TestMethod]
    public void What_is_no_number_stays_none()
    {
        Assert.IsTrue(Sigmoid<OneLane>(float.NaN).Concat(Tanh<OneLane>(float.NaN)).All(float.IsNaN));
        Assert.IsTrue(Sigmoid<SystemLanes>(float.NaN).Concat(Tanh<SystemLanes>(float.NaN)).All(float.IsNaN));
        if (Vector512.IsHardwareAccelerated)
            Assert.IsTrue(Sigmoid<WideLanes>(float.NaN).Concat(Tanh<WideLanes>(float.NaN)).All(float.IsNaN));
    }

    [TestMethod]
    public void Traces_become_zero_and_all_else_stays()
    {
        foreach (float x in new[] { 0, 1, -1, 1.1e-30f, -1.1e-30f, float.PositiveInfinity, float.NaN })
            Assert.AreEqual(x, Stored(LaneFunctions.WithoutTraces(OneLane.Of(x)))[0]);
        foreach (float x in new[] { 0.9e-30f, -0.9e-30f, float.Epsilon })
            Assert.AreEqual(0, Stored(LaneFunctions.WithoutTraces(OneLane.Of(x)))[0]);
    }

    private static void Check(string name, float x, double expected, float actual) =>
        Assert.AreEqual(expected, actual, 1e-6 * Math.Abs(expected) + 2e-38, $"{name} of {x:R}");

    private static void AssertAll(float expected, float[] lanes)
    {
        foreach (float lane in lanes)
            Assert.AreEqual(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(lane));
    }

    private static float[] Sigmoid<T>(float x) where T : struct, ILanes<T> => Stored(LaneFunctions.Sigmoid(T.Of(x)));

    private static float[] Tanh<T>(float x) where T : struct, ILanes<T> => Stored(LaneFunctions.Tanh(T.Of(x)));

    private static float[] Exponential<T>(float x) where T : struct, ILanes<T> => Stored(LaneFunctions.Exponential(T.Of(x)));

    private static float[] Stored<T>(T lanes) where T : struct, ILanes<T>
    {
        var values = new float[T.Count];
        lanes.Store(ref values[0], 0);
        return values;
    }
}
